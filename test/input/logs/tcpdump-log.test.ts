// What tcpdump prints beside its capture, and which capture it is of.
import { describe, expect, it } from 'vitest';
import { matchLogs } from '../../../src/input/logs/match-logs.ts';
import { tcpdumpLog } from '../../../src/input/logs/tcpdump-log.ts';

const LISTENING = 'tcpdump: listening on ens5, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n';
const COUNTS = '9 packets captured\n16 packets received by filter\n2 packets dropped by kernel\n';

describe('a log of tcpdump', () => {
  it('tells the device and what was captured, received and dropped', () => {
    expect(tcpdumpLog('x.log', LISTENING + COUNTS)).toEqual({
      file: 'x.log',
      expression: null,
      device: 'ens5',
      captured: 9,
      received: 16,
      dropped: 2,
      isCounted: false,
      written: null,
    });
    expect(tcpdumpLog('x.log', `${LISTENING}^C1 packet captured\r\n`.replace('^C', ''))).toMatchObject({ captured: 1 });
    expect(tcpdumpLog('x.log', 'listening on any, link-type LINUX_SLL2 (Linux cooked v2)\n')?.device).toBeNull();
  });

  it.each([
    ["tcpdump -i ens5 -s 160 -w x.pcap 'udp port 4789'", 'udp port 4789', 'x.pcap', false],
    [
      '# sudo /usr/sbin/tcpdump -ni ens5 -U -w /tmp/a/x.pcap host 10.48.0.130 and tcp',
      'host 10.48.0.130 and tcp',
      'x.pcap',
      false,
    ],
    ['command: tcpdump -U -w - -i ens5 -c 100 2> tcpdump.log', '', null, true],
    ['tcpdump -i ens5 -F filter.txt -wx.pcap', null, 'x.pcap', false],
    ['+ tcpdump --interface ens5 --immediate-mode -w x.pcap', '', 'x.pcap', false],
  ])('tells the expression of %s', (line, expression, written, isCounted) => {
    expect(tcpdumpLog('x.log', `${line}\n${LISTENING}`)).toMatchObject({ expression, written, isCounted });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'tcpdump -i ens5\n',
      'tcpdump version 4.99.4\n',
      '10.48.0.0/26 dev ens5\n',
      'x'.repeat(1e6),
    ])
      expect(tcpdumpLog('x.log', text)).toBeNull();
    const version = tcpdumpLog('x.log', `tcpdump version 4.99.4\n${LISTENING}`);
    expect(version).toMatchObject({ expression: null, written: null });
  });
});

describe('a log is of', () => {
  const of = (file: string, captures: string[], command = ''): string[] => {
    const log = tcpdumpLog(file, command + LISTENING);
    return [...matchLogs(log === null ? [] : [log], captures).keys()];
  };

  it('the capture of its name, and all pieces of it', () => {
    expect(of('d/x.pcap.log', ['d/x.pcap', 'd/y.pcap', 'e/x.pcap'])).toEqual(['d/x.pcap']);
    expect(of('d/x.log', ['d/x.pcap.gz', 'd/y.pcap'])).toEqual(['d/x.pcap.gz']);
    expect(of('x.pcap.log', ['x.pcap0', 'x.pcap1', 'xy.pcap'])).toEqual(['x.pcap0', 'x.pcap1']);
  });

  it('the one that its command line writes, and no other', () => {
    const command = 'tcpdump -i ens5 -w /tmp/y.pcap\n';
    expect(of('d/tcpdump.log', ['d/x.pcap', 'd/y.pcap'], command)).toEqual(['d/y.pcap']);
    expect(of('d/tcpdump.log', ['d/x.pcap'], command)).toEqual([]);
  });

  it('the only one in its folder, or in its bundle', () => {
    expect(of('b.tar.gz!n/tcpdump.log', ['b.tar.gz!n/x.pcap', 'b.tar.gz!m/x.pcap'])).toEqual(['b.tar.gz!n/x.pcap']);
    expect(of('b.tar.gz!tcpdump.log', ['b.tar.gz!x.pcap'])).toEqual(['b.tar.gz!x.pcap']);
    expect(of('tcpdump.log', ['x.pcap', 'y.pcap'])).toEqual([]);
    expect(of('notes.log', ['x.pcap'])).toEqual([]);
  });

  it('none where two logs are of one capture', () => {
    const logs = ['x.log', 'x.pcap.log'].map((file) => tcpdumpLog(file, LISTENING)).filter((log) => log !== null);
    expect(matchLogs(logs, ['x.pcap']).size).toBe(0);
  });
});
