/** The style of the page: system fonts, light and dark, phone and paper. Its hash is in the page's policy. */

/** Blue, vermilion, green, purple, brown and grey, told apart by colour-blind people too (after Okabe and Ito). */
const LIGHT = `--page:#fff;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--grid:#e8ebee;--panel:#f6f8fa;--link:#0757ad;
--good:#17663a;--bad:#b3261e;--c0:#0068ad;--c1:#d2560a;--c2:#00845f;--c3:#b0508b;--c4:#8a6500;--c5:#59636e`;
const DARK = `--page:#12161b;--ink:#e4e8ec;--soft:#9ba6b2;--line:#39424c;--grid:#262d35;--panel:#191f26;--link:#7ab8f5;
--good:#63cf92;--bad:#ff8f86;--c0:#56b4f0;--c1:#f59a45;--c2:#2fc49a;--c3:#e39cc7;--c4:#d9b848;--c5:#9ba6b2`;

const SERIES = [0, 1, 2, 3, 4, 5]
  .map(
    (index) =>
      `.line.c${index}{stroke:var(--c${index})}.dot.c${index},.bar.c${index},.band.c${index}{fill:var(--c${index})}`,
  )
  .join('\n');

export const PAGE_STYLE = `
:root{color-scheme:light;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${DARK}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 20px 64px;max-width:1240px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:28px;line-height:1.2;margin:0 0 12px}
h2{font-size:21px;line-height:1.25;margin:44px 0 12px;padding-top:12px;border-top:1px solid var(--line)}
h3{font-size:16px;margin:28px 0 2px}
p{margin:0 0 10px;max-width:80ch}
a{color:var(--link)}
code{font:0.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.source,.how,small{color:var(--soft)}
.source{margin-bottom:6px;max-width:none}
.letter{display:inline-block;min-width:1.6em;text-align:center;border:1px solid var(--line);border-radius:4px;color:var(--ink)}
.good{color:var(--good)}
.bad{color:var(--bad)}
.verdict{font-size:17px;font-weight:600;margin:14px 0 8px}
.warnings{margin:0;padding:10px 16px 10px 32px;border-left:4px solid var(--c4);background:var(--panel);max-width:100ch}
nav{margin-top:16px;font-size:14px}
nav ul,.legend{list-style:none;margin:0 0 6px;padding:0;display:flex;flex-wrap:wrap;gap:4px 16px}
.legend{margin:8px 0 12px;gap:4px 20px}
.legend li{display:flex;align-items:center;gap:8px}
.sample{width:34px;height:12px;flex:none}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:20px 28px;margin:14px 0 18px}
figure{margin:0;min-width:0;max-width:480px;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:4px}
svg{display:block;width:100%;height:auto;overflow:hidden}
svg text{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
svg .label{fill:var(--soft)}
svg .name{font-weight:600;fill:var(--ink)}
svg .value{fill:var(--ink)}
.grid{stroke:var(--grid)}
.axis{stroke:var(--soft)}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.band{opacity:.16}
.dot{stroke:var(--page);stroke-width:1}
.dot.good{fill:var(--good)}
.dot.bad{fill:var(--bad)}
.dot.ring{fill:var(--page);stroke:var(--soft);stroke-width:1.8}
.whisker{fill:none;stroke:var(--ink);stroke-width:1.3}
${SERIES}
details{margin-top:4px;font-size:13px}
summary{color:var(--soft);cursor:pointer;width:max-content;max-width:100%}
.scroll{overflow-x:auto;margin:8px 0;max-width:100%}
table{border-collapse:collapse;font-size:14px;line-height:1.35;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{padding:4px 14px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
thead th{border-bottom-color:var(--line);font-weight:600;color:var(--soft);vertical-align:bottom}
tbody th{font-weight:500;min-width:9em;max-width:22em;overflow-wrap:anywhere;position:sticky;left:0;background:var(--page)}
tbody th+td:not(.number){min-width:10em;max-width:32em;overflow-wrap:anywhere}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
td small,th small{display:block;font-size:12px;font-weight:400}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
details table{font-size:13px}
@media (max-width:600px){body{padding:16px 16px 48px}h1{font-size:24px}}
@page{size:A4 landscape;margin:12mm}
@media print{body{max-width:none;padding:0;font-size:11px}nav,details{display:none}h2,h3{break-after:avoid}tr{break-inside:avoid}
.scroll{overflow:visible}.charts{grid-template-columns:repeat(3,1fr)}table,small{font-size:9px}td small,th small{font-size:8px}}
`;
