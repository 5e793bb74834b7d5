// What the page has beside the style of reports and explanations: where files are dropped, progress, the dialog with a packet.
export const VIEW_STYLE = `
button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:.3rem .7rem;min-height:2rem;cursor:pointer}
button:hover{border-color:var(--ink)}
button:disabled{color:var(--soft);cursor:default;border-style:dashed}
button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible,summary:focus-visible,#packet-content:focus-visible{outline:3px solid var(--ink);outline-offset:1px}
h1:focus{outline:none}
.bar{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;align-items:baseline;max-width:80rem;margin:0 auto;padding:.6rem 1rem;border-bottom:1px solid var(--line)}
.bar p{margin:0}
.bar .name{font-weight:700}
.promise{color:var(--soft);font-size:.875rem}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0}
.inputs{border:2px dashed var(--line);border-radius:8px;padding:1.5rem;margin:.5rem 0 1rem}
.dragged .inputs{border-color:var(--ink);background:var(--panel)}
.inputs .how{max-width:46rem;color:var(--soft)}
.inputs label{display:block;font-size:.875rem;color:var(--soft);margin:.25rem 0}
.inputs textarea{display:block;width:100%;font:.85rem/1.4 monospace;margin:.25rem 0 .5rem}
textarea,input,select{color:var(--ink);background:var(--page);border:1px solid var(--line);border-radius:4px;font-size:.9rem;padding:.3rem .5rem;min-height:2rem}
#expression{flex:1 1 16rem;max-width:40rem;min-width:0}
#inputs{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem;padding:0;margin:.5rem 0}
#inputs:empty{display:none}
#inputs li{border:1px solid var(--line);border-radius:4px;padding:.1rem .1rem .1rem .5rem;max-width:100%;overflow-wrap:anywhere;background:var(--panel);font-size:.875rem}
#inputs .remove{border:0;background:none;min-height:1.75rem;padding:0 .5rem}
body:not(.has-report) .of-report{display:none}
#inputs:empty~.of-files{display:none}
.actions:has(~#inputs:empty) .of-files{display:none}
.has-report .inputs{padding:.5rem 1rem;border-width:1px}
.has-report .inputs>h1,.has-report .inputs>.how{display:none}
#progress{margin:1rem 0}
#progress p{margin:0 0 .25rem;overflow-wrap:anywhere}
#bar{width:min(30rem,100%);height:1.2rem;vertical-align:middle;accent-color:var(--good)}
#said{border-left:4px solid var(--notable);background:var(--panel);padding:.1rem 1rem;margin:.5rem 0}
#problems{padding-left:1.1rem;margin:.4rem 0;overflow-wrap:anywhere;white-space:pre-line}
#problems:empty{display:none}
#problems .hint{display:block;color:var(--soft)}
#taken{overflow-wrap:anywhere}
.way li button{display:block;margin-top:.25rem;font-size:.8rem;max-width:100%;overflow-wrap:anywhere}
.cause button{background:var(--page)}
dialog{border:1px solid var(--line);border-radius:8px;padding:0;width:min(80rem,100vw - 1rem);max-width:none;height:calc(100vh - 1rem);max-height:none;background:var(--page);color:var(--ink);overflow:hidden}
dialog[open]{display:flex;flex-direction:column}
dialog::backdrop{background:rgb(0 0 0/.5)}
.packet-bar{padding:.5rem 1rem;border-bottom:1px solid var(--line)}
.packet-bar h2{margin:0}
.packet-bar form{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;font-size:.9rem}
.packet-bar .actions{margin:0}
.packet-bar select{max-width:min(20rem,70vw)}
.packet-bar input{width:7rem}
#packet-state{margin:0;color:var(--soft);font-size:.875rem}
#packet-state:empty{display:none}
#packet-content{flex:1;overflow:auto;padding:0 1rem 1rem}
.inspector{display:grid;grid-template-columns:minmax(0,1fr);gap:0 1.5rem}
@media (min-width:56rem){.inspector{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
.inspector h3{font-size:.875rem;margin:.5rem 0 .15rem}
.fields,.bytes{max-height:24rem;overflow:auto;position:relative;padding:2px}
.bytes .of{display:grid;grid-template-columns:repeat(16,1fr)}
.inspector .byte,.inspector .field{border:0;border-radius:0;min-height:0;padding:.1rem .2rem;font:.82rem/1.5 "DejaVu Sans Mono",Menlo,Consolas,monospace;color:var(--ink);text-align:left}
.inspector .byte{padding:.1rem 0;text-align:center;min-height:1.5rem}
.inspector .field{display:flex;flex-wrap:wrap;gap:0 .75rem;width:100%;background:none;min-height:1.5rem;overflow-wrap:anywhere}
.field .name{flex:1 1 12rem;color:var(--soft)}
.field .value{flex:1 1 10rem;padding:0;min-width:0}
.inspector .marked,.inspector .marked .name{background:var(--ink);color:var(--page)}
.says{min-height:1.5em;margin:.35rem 0 0;font-size:.9rem;overflow-wrap:anywhere}
@media (max-width:36rem){
  main{padding:.5rem}
  .inputs{padding:.75rem}
  .bytes .of{grid-template-columns:repeat(8,1fr)}
  dialog{width:100vw;height:100vh;border:0;border-radius:0}
  .packet-bar{padding:.35rem .5rem}
  #packet-content{padding:0 .5rem .5rem}
}
@media print{.bar,.inputs,#progress,#said,dialog{display:none}}
`;
