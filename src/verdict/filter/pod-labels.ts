// The labels of pods as the snapshot has them.
import type { Pod, Topology } from '../../topology/model.ts';
import type { Labels, PodLabels } from './label-selector.ts';

/** Looked for in the pods at the first question. */
export function podLabels(topology: Topology | null): PodLabels {
  let known: Map<string, Labels> | null = null;
  return (namespace, pod) => {
    known ??= new Map((topology?.pods ?? []).map((one) => [`${one.namespace}/${one.name}`, labelsOf(one)]));
    return known.get(`${namespace}/${pod}`) ?? null;
  };
}

function labelsOf(pod: Pod & { labels?: Labels }): Labels {
  return pod.labels ?? {};
}
