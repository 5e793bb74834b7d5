// The style of HTML pages: inside the file, for screens from 320 pixels on, for dark ones, and for paper.
import { hueRules, MONOSPACE, THEME } from './theme.ts';

export const HTML_STYLE = `
${THEME}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;line-height:1.3;margin:.25rem 0 .5rem;overflow-wrap:break-word}
h2{font-size:1.1rem;margin:2rem 0 .5rem;overflow-wrap:break-word}
h3{font-size:1rem;margin:1rem 0 .25rem}
small,.origin,.scale{color:var(--soft);font-size:.875rem;font-weight:400;overflow-wrap:break-word}
.origin,.scale{margin:0}
.alarm{margin:.25rem 0;color:var(--wrong);font-weight:700}
a{color:inherit}
a:focus-visible,.scroll:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:1rem 0;list-style:none;font-size:.875rem}
.points{padding-left:1.25rem;margin:0;overflow-wrap:break-word}
.frame{display:grid;grid-template-columns:var(--columns)}
.side,.side>ol{display:contents}
.side>ol>li{grid-row:1;list-style:none;padding:.25rem .35rem .5rem;box-shadow:inset 0 0 0 1px var(--line);text-align:center;font-size:.875rem;line-height:1.3}
.side>ol>li.broken{border-right:3px dashed var(--line)}
.side>ol>li>*{display:block;white-space:nowrap}
.total{margin:.15rem 0 0;text-align:right;font-size:.8125rem;color:var(--soft)}
.at{text-align:left;font-size:.75rem}
.side>p{grid-row:2;grid-column:span var(--n);margin:.15rem 0 0;padding:.1rem .35rem;border:1px solid var(--line);border-top:0;font-size:.8125rem;color:var(--soft)}
.whole{white-space:nowrap}
.unit{display:none}
.away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.side>ol>li .unit{display:inline}
${hueRules('background')}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
thead th{border-bottom:2px solid var(--ink)}
td[style]{box-shadow:inset 6px 0 var(--edge);padding-left:.8rem}
section+header{margin-top:2.5rem}
tbody th{font-weight:600}
.value,code,pre{font-family:${MONOSPACE};font-size:.85rem}
.value{display:block}
.meaning{display:block;color:var(--soft);font-size:.85rem}
.wrong{color:var(--wrong);font-weight:700}
.notable{color:var(--notable);font-weight:600}
.good{color:var(--good)}
.dim{color:var(--soft)}
.verdict{border-left:8px solid var(--good);padding:.25rem 0 .25rem .9rem;margin:.5rem 0 1rem}
.verdict.wrong{border-left-color:var(--wrong)}
.verdict.notable{border-left-color:var(--notable)}
.verdict p{margin:.2rem 0 0;color:var(--ink);font-weight:400}
.verdict h1{color:var(--ink);font-weight:700}
.verdict .origin{color:var(--soft)}
.way{display:flex;flex-wrap:wrap;gap:.3rem;align-items:stretch;padding:0;margin:.4rem 0;list-style:none}
.way li{border:1px solid var(--line);padding:.25rem .5rem;font-size:.84rem;background:var(--panel);max-width:100%;overflow-wrap:anywhere}
.way li.arrow{border:0;background:none;align-self:center;padding:0 .1rem}
.way small{display:block}
.way li.wrong{border-color:var(--wrong);border-width:2px}
.way li.dim{border-style:dashed;background:none}
.way b{font-family:${MONOSPACE}}
.note{border-left:4px solid var(--notable);padding:.1rem .75rem;margin:.5rem 0;background:var(--panel);color:var(--ink);font-weight:400}
.note.wrong{border-left-color:var(--wrong)}
.note h3{margin:.25rem 0 0;color:var(--notable)}
.note.wrong h3{color:var(--wrong)}
.note p{margin:.1rem 0 .4rem}
pre{margin:0;padding:.5rem;background:var(--panel);line-height:1.25}
.key{display:inline-block;min-width:1.6em;text-align:center;border:1px solid var(--line)}
table.bytes th{width:3.5rem;font-weight:400;color:var(--ink);font-family:${MONOSPACE};font-size:.8rem}
table.bytes td:nth-child(2){width:13.5rem;white-space:nowrap}
table.bytes th,table.bytes td{border-bottom-color:transparent;padding:.1rem .5rem}
@media (min-width:64rem){
  .value{display:inline-block;min-width:11rem;padding-right:.75rem}
  .meaning{display:inline}
}
@media (max-width:46rem){
  .frame,.side,.side>ol{display:block;margin:0;padding:0}
  .side>ol>li{display:flex;gap:.5rem;align-items:center;text-align:left;min-height:calc(max(1.9rem,var(--n)*.11rem));padding:.1rem .5rem}
  .side>ol>li.broken{border-right:0;border-bottom:3px dashed var(--line)}
  .at{min-width:2.2rem}
  th,td{padding:.25rem .35rem}
  .value,code{font-size:.78rem}
  table.bytes td:nth-child(2){width:12rem}
}
@media (max-width:36rem){
  table,tbody{display:block}
  thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
  tbody tr{display:flex;flex-wrap:wrap;border-bottom:1px solid var(--line);padding:.2rem 0}
  tbody th{flex:0 0 100%}
  tbody td{flex:1 1 9.5rem;min-width:min-content}
  tbody th,tbody td{border-bottom:0;padding:.05rem .35rem}
  tbody td:empty{display:none}
  tbody td[style]{padding-left:.8rem}
  td[data-head]::before{content:attr(data-head);display:block;color:var(--soft);font-size:.75rem}
  table.bytes tr{border-bottom-color:transparent}
  table.bytes th{flex:0 0 3rem;padding-right:0}
  table.bytes td:nth-child(2){flex:1 1 12rem;width:auto}
  table.bytes td:last-child{flex:0 0 100%;padding-left:3.35rem}
}
@page{margin:14mm}
@media print{
  main{max-width:none;padding:0}
  nav{display:none}
  h2,h3{break-after:avoid}
  tr,.note,.side{break-inside:avoid}
  .scroll{overflow:visible}
  pre{white-space:pre-wrap;overflow-wrap:anywhere}
  *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
