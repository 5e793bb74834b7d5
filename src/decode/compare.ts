// Two packets side by side: which layers correspond, and which fields differ. The innermost layers are matched first, so that
// a packet on the veth is compared with its own inside of the encapsulated one.
import type { FieldView } from './view/field-view.ts';
import type { LayerView } from './view/packet-view.ts';

export interface LayerPair {
  /** Null where only the other packet has such a layer. */
  left: LayerView | null;
  right: LayerView | null;
  /** Fields of matched layers whose values differ, in order; a field that only one side has has null on the other. */
  differences: FieldPair[];
}

export interface FieldPair {
  name: string | null;
  label: string;
  left: FieldView | null;
  right: FieldView | null;
}

/** Pairs from the outermost to the innermost. Layers without a partner stand alone. */
export function compareLayers(left: readonly LayerView[], right: readonly LayerView[]): LayerPair[] {
  const pairs: LayerPair[] = [];
  let [l, r] = [left.length - 1, right.length - 1];
  while (l >= 0 || r >= 0) {
    const a = l >= 0 ? left[l]! : null;
    const b = r >= 0 ? right[r]! : null;
    if (a !== null && b !== null && a.protocol === b.protocol) {
      pairs.push({ left: a, right: b, differences: differingFields(a.fields, b.fields) });
      l--;
      r--;
    } else if (b === null || (a !== null && !has(right, r, a.protocol))) {
      pairs.push({ left: a, right: null, differences: [] });
      l--;
    } else if (a === null || !has(left, l, b.protocol)) {
      pairs.push({ left: null, right: b, differences: [] });
      r--;
    } else if (l >= r) {
      pairs.push({ left: a, right: null, differences: [] });
      l--;
    } else {
      pairs.push({ left: null, right: b, differences: [] });
      r--;
    }
  }
  return pairs.reverse();
}

/** True when one of the layers up to `last` has this protocol. */
function has(layers: readonly LayerView[], last: number, protocol: string): boolean {
  return layers.slice(0, last + 1).some((layer) => layer.protocol === protocol);
}

/** Fields by name and, where a name occurs more than once, by turn; groups are left out, their members say more. */
function differingFields(left: readonly FieldView[], right: readonly FieldView[]): FieldPair[] {
  const pairs: FieldPair[] = [];
  const others = keyed(right);
  for (const [key, field] of keyed(left)) {
    const other = others.get(key) ?? null;
    others.delete(key);
    if (other === null || other.value !== field.value) {
      pairs.push({ name: field.name, label: field.label, left: field, right: other });
    }
  }
  for (const field of others.values()) pairs.push({ name: field.name, label: field.label, left: null, right: field });
  return pairs;
}

function keyed(fields: readonly FieldView[]): Map<string, FieldView> {
  const byKey = new Map<string, FieldView>();
  for (const field of fields) {
    if (field.group) continue;
    const base = field.name ?? field.label;
    let turn = 1;
    while (byKey.has(`${base} ${turn}`)) turn++;
    byKey.set(`${base} ${turn}`, field);
  }
  return byKey;
}
