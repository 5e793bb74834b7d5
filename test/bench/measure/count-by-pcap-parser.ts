// What the npm package pcap-parser takes for the least there is: counting packets to the UDP port of VXLAN, by fixed offsets.
import { parse } from 'pcap-parser';

const [TYPE_AT, PROTOCOL_AT, PORT_AT] = [12, 23, 36];
let count = 0;
parse(process.argv[2] ?? '')
  .on('packet', ({ data }) => {
    if (data.length < 42 || data.readUInt16BE(TYPE_AT) !== 0x0800 || data[PROTOCOL_AT] !== 17) return;
    if (data.readUInt16BE(PORT_AT) === 4789) count++;
  })
  .on('end', () => process.stdout.write(`${count} packets\n`));
