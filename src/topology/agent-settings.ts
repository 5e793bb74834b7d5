// What the CNI's agent (Felix) was told of tunnels: by its environment, its configuration file and FelixConfiguration, each with its
// scope. Which of them counts on a node is asked in ask/felix-settings.ts.
import type { Place, Placed } from './place.ts';

/** Settings that matter, resolved for one node. Null: not set, or set where nobody sees it. */
export interface FelixSettings {
  vxlanVNI: Placed<number> | null;
  vxlanPort: Placed<number> | null;
  /** MTUs of tunnel devices; 0 leaves them to the agent. */
  vxlanMTU: Placed<number> | null;
  vxlanMTUV6: Placed<number> | null;
  ipipMTU: Placed<number> | null;
  wireguardMTU: Placed<number> | null;
  wireguardMTUV6: Placed<number> | null;
  vxlanEnabled: Placed<boolean> | null;
  ipipEnabled: Placed<boolean> | null;
  bpfEnabled: Placed<boolean> | null;
  wireguardEnabled: Placed<boolean> | null;
  wireguardEnabledV6: Placed<boolean> | null;
  wireguardListeningPort: Placed<number> | null;
  wireguardListeningPortV6: Placed<number> | null;
}

export type SettingField = keyof FelixSettings;

/** Nothing is set. */
export const NO_SETTINGS: Readonly<FelixSettings> = {
  vxlanVNI: null,
  vxlanPort: null,
  vxlanMTU: null,
  vxlanMTUV6: null,
  ipipMTU: null,
  wireguardMTU: null,
  wireguardMTUV6: null,
  vxlanEnabled: null,
  ipipEnabled: null,
  bpfEnabled: null,
  wireguardEnabled: null,
  wireguardEnabledV6: null,
  wireguardListeningPort: null,
  wireguardListeningPortV6: null,
};

export const SETTING_FIELDS = Object.keys(NO_SETTINGS) as readonly SettingField[];

/** Strongest first (felix/config, `SourcesInDescendingOrder`; tigera docs, reference/resources/felixconfig). */
export const SCOPES = ['environment', 'file', 'node', 'selector', 'default'] as const;

/** One source of settings. */
export interface FelixFact {
  scope: (typeof SCOPES)[number];
  /** Of the object; of an environment the DaemonSet's, of a file the node's that has it. */
  name: string;
  /** Of `node` and `file`: whose settings these are. */
  node: string | null;
  /** Of `selector`: which nodes, as written. */
  selector: string | null;
  /** Epoch seconds; null where it is not written. Of several objects that select a node the oldest counts. */
  created: number | null;
  values: FelixSettings;
  /** Set here to what stands elsewhere (`valueFrom`): weaker sources do not count, and the value is not known. */
  hidden: readonly SettingField[];
  ref: Place;
}
