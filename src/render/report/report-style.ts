// What reports have beside the style of all pages: the picture, the matrix, the list of conversations.
import { PICTURE_STYLE } from './picture-style.ts';

export const REPORT_STYLE = `
main{max-width:80rem}
details>summary{cursor:pointer;margin:.75rem 0;font-weight:600}
.first{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
@media (min-width:64rem){.first{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
svg.cluster{width:100%;min-width:30rem;height:auto;max-height:48rem}
${PICTURE_STYLE}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;padding:0;margin:.25rem 0;font-size:.875rem;color:var(--soft)}
table.matrix{width:auto}
table.matrix td,table.matrix th{white-space:nowrap;font-size:.8125rem}
.cause{border-left:4px solid var(--notable);padding:.1rem .75rem;margin:.75rem 0;background:var(--panel)}
.cause.violation{border-left-color:var(--wrong)}
.cause h4{font-size:1rem;margin:.35rem 0 .1rem;overflow-wrap:anywhere}
.cause dl,.detail dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem .75rem;margin:.25rem 0 .5rem;font-size:.9rem}
.cause dt,.detail dt{color:var(--soft)}
.cause dd,.detail dd{margin:0;overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.5rem 0}
.tools label{display:flex;flex-direction:column;font-size:.8125rem;color:var(--soft)}
.tools input,.tools select,.tools button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--page);border:1px solid var(--line);border-radius:4px;padding:.3rem .5rem;min-height:2rem}
.tools input{min-width:16rem}
.list{border:1px solid var(--line);max-height:min(34rem,80vh);overflow:auto;position:relative;overflow-anchor:none;contain:content}
.list:focus-visible,.tools :focus-visible,.row:focus-visible,summary:focus-visible{outline:3px solid var(--ink);outline-offset:-3px}
.rows{position:relative;min-width:58rem}
.row{position:absolute;left:0;right:0;height:44px;contain:layout style;display:grid;grid-template-columns:1.4rem minmax(10rem,3fr) minmax(10rem,3fr) minmax(6rem,1.4fr) minmax(7rem,1.6fr) minmax(5rem,1fr) minmax(8rem,2fr);gap:.6rem;align-items:center;padding:0 .6rem;border-bottom:1px solid var(--line);font-size:.84rem;line-height:1.2;cursor:pointer;background:var(--page);color:var(--ink)}
.row>div{overflow:hidden;min-width:0}
.row span{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row .below{color:var(--soft);font-size:.78rem}
.row.group{font-weight:600}
.row.group .wide{grid-column:span 2}
.row.group .wide span::before{content:"▸ ";font-weight:400}
.row.group[aria-expanded=true] .wide span::before{content:"▾ "}
.row.open,.row:hover{background:var(--panel)}
.row .state{font-weight:700}
.row.wrong .state,.row.wrong .how{color:var(--wrong)}
.row.undecided .state{color:var(--notable)}
.head.row{position:sticky;top:0;z-index:2;height:34px;font-weight:600;cursor:default;background:var(--panel);border-bottom:2px solid var(--ink)}
.count{font-size:.875rem;color:var(--soft);margin:.25rem 0}
.detail{border:1px solid var(--line);border-top:4px solid var(--ink);padding:.25rem 1rem 1rem;margin:.5rem 0}
.strip{width:100%;min-width:30rem;max-width:56rem;height:auto}
.strip text{font:12px system-ui,sans-serif;fill:var(--ink)}
.strip .mark path{stroke:var(--ink);stroke-width:.7;stroke-dasharray:1 2}
.strip .mark text{font-size:9px}
.changes{padding-left:2rem;margin:.25rem 0;overflow-wrap:anywhere}
.changes time{font-variant-numeric:tabular-nums;font-weight:600;margin-right:.4rem}
.strip rect.ok{fill:var(--own-network);stroke:var(--soft);stroke-width:.5}
.strip rect.undecided{fill:var(--tunnel-network);stroke:var(--notable);stroke-width:.8;stroke-dasharray:2 2}
.strip rect.wrong{fill:var(--wrong)}
@media print{
  .tools,.list{display:none}
  [data-cause]{display:none}
  .printed{display:table!important}
  .row{position:static;height:auto}
}
.printed{display:none}
`;
