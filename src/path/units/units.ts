// Packets on their way, each with the places that saw it: a bounded table. A packet is known again whole; a segment or fragment that
// was joined with others or split, by its bytes: they count, not the frames.

import { type Frame, SPACE, shortKey } from '../frame.ts';
import type { Journey, Sight, Stop, Unit } from '../journey.ts';
import { adoptedSights, isCopy, isOtherDatagram, noteCopy, seenFrame, sightAt, twinWithout } from './alike.ts';
import { covered, idDistance, lengthOf, overlap } from './packet-bytes.ts';

/** Packets that are on their way for longer are lost. */
const LONGEST = 3;
/** What has another identification this long after was sent again: TCP waits that long at least. */
const SENT_AGAIN = 0.2;
const ROOM = 1 << 16;
/** A prime: keeps the keys of journeys apart. */
const SPREAD = 2_147_483_647;
/** Packets of one journey that are looked through for bytes. */
const MOST_RECENT = 256;
/** Segments that a super-frame holds: identifications of its pieces are this near. */
const MOST_SEGMENTS = 128;

export class UnitTable {
  /** The newest packet of each journey and key: those before it hang on it, and so may others whose mixed key is the same. */
  readonly #byKey = new Map<number, Unit>();
  #queue: (Unit | undefined)[] = [];
  #head = 0;
  /** Packets by their content, for hops that give packets another identification. */
  readonly #byContent = new Map<number, Unit>();
  /** Packets of which a place saw the first fragment of the datagram around the tunnel. */
  readonly #outer = new Map<string, Unit>();
  readonly #done: (unit: Unit, isForced: boolean) => void;

  /** @param done gets every packet when it has left the table; `isForced`: before its time, since there was no room */
  constructor(done: (unit: Unit, isForced: boolean) => void) {
    this.#done = done;
  }

  /** Adds a frame to the packets that it holds; of one that is asked for, they are too. */
  see(frame: Frame, journey: Journey, stop: Stop): void {
    this.#expire(frame.time);
    if (frame.isOuterRest) this.#addOuterRest(frame);
    else {
      const unit = this.#withKey(frame, journey, stop);
      if (frame.isAsked) unit.askedAt = stop;
    }
  }

  #addOuterRest(frame: Frame): void {
    const key = outerKey(frame);
    const unit = this.#outer.get(key);
    const sight = unit?.sights.find((one) => one.outerKey === key);
    if (unit === undefined || sight === undefined) return;
    sight.pieces++;
    if (frame.isAsked) unit.askedAt = sight.stop;
  }

  #withKey(frame: Frame, journey: Journey, stop: Stop): Unit {
    const key = journey.isCut ? shortKey(frame) : frame.key;
    const mixed = keyIn(journey, key);
    const same = frame.tunnelId < 0 ? null : this.#withTunnelId(frame, mixed, { journey, key, stop });
    if (same !== null) return same;
    let alike: Unit | null = null;
    for (let unit = this.#byKey.get(mixed) ?? null; unit !== null; unit = unit.before) {
      if (unit.journey !== journey || unit.key !== key || frame.time - unit.last > LONGEST) continue;
      const sight = unit.sights.find((one) => one.stop === stop);
      if (sight === undefined || sight.bytes < lengthOf(unit)) {
        if (sight === undefined) this.#addSight(unit, frame, stop, lengthOf(unit));
        else sight.bytes = lengthOf(unit);
        return unit;
      }
      if (isCopy(sight, frame)) {
        const twin = twinWithout(unit, stop);
        if (twin === null) noteCopy(sight, frame);
        else this.#addSight(twin, frame, stop, lengthOf(twin));
        return twin ?? unit;
      }
      alike ??= isOtherDatagram(sight, frame) ? unit : null;
    }
    const found = this.#addBytes(frame, journey, stop) ?? this.#withContent(frame, journey, stop);
    if (found !== null) return found;
    const begun = this.#begin(frame, journey, stop, key);
    if (alike !== null) begun.sights.push(...adoptedSights(alike, begun));
    return begun;
  }

  /** Of packets alike the one that left in this very datagram: it was seen here, or at another place. */
  #withTunnelId(frame: Frame, mixed: number, { journey, key, stop }: Pick<Unit, 'journey' | 'key'> & { stop: Stop }) {
    for (let unit = this.#byKey.get(mixed) ?? null; unit !== null; unit = unit.before) {
      if (unit.journey !== journey || unit.key !== key || frame.time - unit.last > LONGEST) continue;
      if (!unit.sights.some(({ tunnelId }) => tunnelId === frame.tunnelId)) continue;
      const sight = sightAt(unit, stop);
      if (sight === undefined) this.#addSight(unit, frame, stop, lengthOf(unit));
      else if (sight.bytes >= lengthOf(unit) && isCopy(sight, frame)) noteCopy(sight, frame);
      else continue;
      return unit;
    }
    return null;
  }

  /** The captures have ended. */
  finish(): void {
    while (this.#head < this.#queue.length) this.#retire(false);
  }

  #withContent(frame: Frame, journey: Journey, stop: Stop): Unit | null {
    const { contentKey } = frame;
    if (contentKey === 0) return null;
    let unit = this.#byContent.get(keyIn(journey, contentKey)) ?? null;
    for (; unit !== null; unit = unit.beforeLike) {
      if (unit.journey !== journey || unit.contentKey !== contentKey || sightAt(unit, stop) !== undefined) continue;
      if (frame.time - unit.last > SENT_AGAIN) continue;
      this.#addSight(unit, frame, stop, lengthOf(unit));
      return unit;
    }
    return null;
  }

  #begin(frame: Frame, journey: Journey, stop: Stop, key: number): Unit {
    const mixed = keyIn(journey, key);
    const unit: Unit = {
      journey,
      key,
      contentKey: frame.contentKey,
      first: frame.time,
      last: frame.time,
      id: frame.id,
      isFragment: frame.isFragment,
      space: journey.isCut && frame.space === SPACE.tcp ? SPACE.none : frame.space,
      from: frame.from,
      to: frame.to,
      sights: [],
      askedAt: null,
      before: this.#byKey.get(mixed) ?? null,
      after: null,
      beforeLike: null,
      afterLike: null,
    };
    if (unit.before !== null) unit.before.after = unit;
    this.#byKey.set(mixed, unit);
    this.#rememberContent(unit);
    this.#addSight(unit, frame, stop, lengthOf(unit));
    if (this.#queue.length - this.#head >= ROOM) this.#retire(true);
    this.#queue.push(unit);
    if (unit.space === SPACE.none) return unit;
    journey.recent ??= [];
    journey.recent.push(unit);
    if (journey.recent.length > 2 * MOST_RECENT) journey.recent = journey.recent.slice(-MOST_RECENT);
    if (frame.isFragment) journey.hasFragments = true;
    if (unit.space === SPACE.tcp && (!journey.hasTop || ((unit.to - journey.top) | 0) > 0)) {
      journey.top = unit.to;
      journey.hasTop = true;
    }
    return unit;
  }

  #rememberContent(unit: Unit): void {
    if (unit.contentKey === 0) return;
    const key = keyIn(unit.journey, unit.contentKey);
    unit.beforeLike = this.#byContent.get(key) ?? null;
    if (unit.beforeLike !== null) unit.beforeLike.afterLike = unit;
    this.#byContent.set(key, unit);
  }

  #addSight(unit: Unit, frame: Frame, stop: Stop, bytes: number): Sight {
    const sight: Sight = {
      ...seenFrame(frame),
      stop,
      ttl: frame.ttl,
      length: frame.length,
      id: frame.id,
      flow: frame.flow,
      frames: 1,
      bytes,
      pieces: 1,
      outerKey: frame.isOuterFirst ? outerKey(frame) : null,
      parts: null,
      copies: null,
    };
    unit.sights.push(sight);
    unit.last = Math.max(unit.last, frame.time);
    if (sight.outerKey !== null) this.#outer.set(sight.outerKey, unit);
    return sight;
  }

  /** Gives the bytes of a frame to packets that lack them here. Null where none does. */
  #addBytes(frame: Frame, journey: Journey, stop: Stop): Unit | null {
    const isDatagram = frame.space === SPACE.datagram;
    if (frame.space === SPACE.none || journey.isCut) return null;
    if (isDatagram && !frame.isFragment && !journey.hasFragments) return null;
    if (!isDatagram && (!journey.hasTop || ((frame.from - journey.top) | 0) >= 0)) return null;
    const { recent } = journey;
    if (recent === null) return null;
    const found: { unit: Unit; distance: number }[] = [];
    for (let i = recent.length - 1; i >= 0; i--) {
      const unit = recent[i]!;
      if (unit.space !== frame.space || frame.time - unit.last > LONGEST) continue;
      const distance = idDistance(unit, frame);
      if (isDatagram ? distance !== 0 || !(unit.isFragment || frame.isFragment) : distance > MOST_SEGMENTS) continue;
      if (overlap(unit, frame) <= 0) continue;
      const sight = sightAt(unit, stop);
      const part = sight?.parts?.findIndex(
        ({ id, from, to }) => id === frame.id && from === frame.from && to === frame.to,
      );
      if (sight !== undefined && part !== undefined && part >= 0) {
        if (part === 0) noteCopy(sight, frame);
        return unit;
      }
      if (sight === undefined || sight.bytes < lengthOf(unit)) found.push({ unit, distance });
    }
    return this.#share(frame, stop, found);
  }

  /** Of packets with the same bytes, sent again, the one with the nearest identification gets them. */
  #share(frame: Frame, stop: Stop, found: { unit: Unit; distance: number }[]): Unit | null {
    found.sort((a, b) => a.distance - b.distance || b.unit.first - a.unit.first);
    const taken: Unit[] = [];
    for (const { unit } of found) {
      if (taken.some((other) => overlap(other, unit) > 0)) continue;
      taken.push(unit);
      const sight = sightAt(unit, stop) ?? this.#addSight(unit, frame, stop, 0);
      const part = { id: frame.id, from: frame.from, to: frame.to };
      if (sight.parts === null) sight.parts = [part];
      else {
        sight.frames++;
        sight.parts.push(part);
      }
      sight.bytes = covered(unit, sight.parts);
      unit.last = Math.max(unit.last, frame.time);
      if (frame.isAsked) unit.askedAt = stop;
    }
    return taken[0] ?? null;
  }

  #expire(now: number): void {
    for (
      let unit = this.#queue[this.#head];
      unit !== undefined && now - unit.last > LONGEST;
      unit = this.#queue[this.#head]
    )
      this.#retire(false);
  }

  #retire(isForced: boolean): void {
    const unit = this.#queue[this.#head];
    this.#queue[this.#head++] = undefined;
    if (unit === undefined) return;
    if (this.#head > ROOM) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#forget(unit);
    for (const { outerKey: key } of unit.sights) if (key !== null) this.#outer.delete(key);
    const { recent } = unit.journey;
    if (recent?.[0] === unit) {
      recent.shift();
      if (recent.length === 0) unit.journey.recent = null;
    }
    this.#done(unit, isForced);
  }

  /** It is the oldest of its chains. */
  #forget(unit: Unit): void {
    if (unit.after === null) this.#byKey.delete(keyIn(unit.journey, unit.key));
    else unit.after.before = null;
    if (unit.afterLike !== null) unit.afterLike.beforeLike = null;
    else if (unit.contentKey !== 0) this.#byContent.delete(keyIn(unit.journey, unit.contentKey));
  }
}

/** A packet's key among those of all journeys: few others, if any, have the same. */
function keyIn({ firstSlot }: Journey, key: number): number {
  return (key + firstSlot * SPREAD) % Number.MAX_SAFE_INTEGER;
}

function outerKey({ capture, link, outerId }: Frame): string {
  return `${capture} ${link} ${outerId}`;
}
