// Any packet of the captures in full, in a dialog over the report: chosen by capture and number, by a step back or on, or by what it belongs to.
import type { Inspected } from '../render/explain/inspected-bytes.ts';
import { escapeText } from '../render/text/escape.ts';
import { baseName } from '../render/text/format.ts';
import { byteView } from './inspector.ts';
import { byId, make } from './make-element.ts';
import type { RelatedPacket, ViewAnswer } from './view-messages.ts';

type Explained = Extract<ViewAnswer, { kind: 'explained' }>;

export interface PacketDialog {
  /** The captures that packets can be chosen of. */
  setCaptures(captures: readonly { name: string; packets: number }[]): void;
  /** Opens it, and asks for a packet. */
  ask(capture: number, packet: number): void;
  show(explained: Explained): void;
  fail(text: string, hint: string | null): void;
}

/** @param explain asks for a packet, which `show` or `fail` answers */
export function packetDialog(explain: (capture: number, packet: number) => void): PacketDialog {
  const dialog = byId<HTMLDialogElement>('packet');
  const [capture, number] = [byId<HTMLSelectElement>('packet-capture'), byId<HTMLInputElement>('packet-number')];
  const [content, state] = [byId('packet-content'), byId('packet-state')];
  let counts: readonly number[] = [];
  let asked = { capture: 0, packet: 1 };

  function ask(of: number, packet: number): void {
    const most = counts[of] ?? 1;
    asked = { capture: of, packet: Math.max(1, Math.min(most, Math.trunc(packet) || 1)) };
    capture.value = String(of);
    number.max = String(most);
    number.value = String(asked.packet);
    byId('packet-of').textContent = `of ${most.toLocaleString('en')}`;
    state.textContent = `reading packet ${asked.packet}`;
    if (!dialog.open) dialog.showModal();
    explain(asked.capture, asked.packet);
  }

  function askChosen(step: number): void {
    ask(Number(capture.value), Number(number.value) + step);
  }

  byId('packet-form').addEventListener('submit', (event) => {
    event.preventDefault();
    askChosen(0);
  });
  capture.addEventListener('change', () => askChosen(0));
  byId('packet-before').addEventListener('click', () => askChosen(-1));
  byId('packet-after').addEventListener('click', () => askChosen(1));
  byId('packet-close').addEventListener('click', () => dialog.close());

  return {
    setCaptures(captures) {
      counts = captures.map(({ packets }) => packets);
      capture.replaceChildren(
        ...captures.map(({ name }, i) => make('option', { value: String(i), textContent: escapeText(baseName(name)) })),
      );
    },
    ask,
    show(explained) {
      if (explained.capture !== asked.capture || explained.packet !== asked.packet) return;
      state.textContent = '';
      const text = make('article', { innerHTML: explained.body });
      content.replaceChildren(text);
      const frame = text.querySelector('.frame')?.closest('section');
      (frame ?? text.firstElementChild)?.after(inspector(explained.inspected));
      if (explained.related.length > 0) content.append(relatives(explained.related, ask));
      content.scrollTop = 0;
    },
    fail(text, hint) {
      state.textContent = [text, hint ?? ''].filter((part) => part !== '').join('. ');
      content.replaceChildren();
    },
  };
}

function inspector(inspected: Inspected): HTMLElement {
  const section = make('section');
  const heading = make('h2', { id: 'inspector-title', textContent: 'Bytes and fields' });
  section.setAttribute('aria-labelledby', heading.id);
  const says = make('p', { className: 'says' });
  says.setAttribute('role', 'status');
  section.append(heading, byteView(inspected, says), says);
  return section;
}

function relatives(related: readonly RelatedPacket[], ask: PacketDialog['ask']): HTMLElement {
  const section = make('section');
  const heading = make('h2', { id: 'related-title', textContent: 'Packets that belong to it' });
  section.setAttribute('aria-labelledby', heading.id);
  const buttons = make('p', { className: 'actions' });
  for (const { capture, packet, text } of related) {
    const button = make('button', { type: 'button', textContent: escapeText(text) });
    button.addEventListener('click', () => ask(capture, packet));
    buttons.append(button);
  }
  section.append(heading, buttons);
  return section;
}
