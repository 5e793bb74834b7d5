// How the picture of a cluster looks, in a report and by itself: state by stroke and sign, colour only repeats it.
export const PICTURE_STYLE = `svg.cluster text{font:15px system-ui,sans-serif;fill:var(--ink)}
svg.cluster text.name{font-weight:700}
svg.cluster text.label{paint-order:stroke;stroke:var(--page);stroke-width:4px}
svg.cluster .node{fill:var(--panel);stroke:var(--line)}
svg.cluster .edge path{fill:none;stroke:var(--soft)}
svg.cluster marker path{fill:var(--soft)}
svg.cluster .edge.wrong path{stroke:var(--wrong);stroke-dasharray:10 5}
svg.cluster marker.wrong path{fill:var(--wrong)}
svg.cluster .edge.lost path{stroke:var(--wrong);stroke-dasharray:3 6}
svg.cluster marker.lost path{fill:var(--wrong)}
svg.cluster .edge.undecided path{stroke:var(--notable);stroke-dasharray:2 4}
svg.cluster marker.undecided path{fill:var(--notable)}
svg.cluster text.sign{font-weight:700;font-size:20px;paint-order:stroke;stroke:var(--page);stroke-width:5px}
svg.cluster text.wrong,svg.cluster text.lost{fill:var(--wrong)}
svg.cluster text.undecided{fill:var(--notable)}
`;
