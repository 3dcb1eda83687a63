/**
 * Publishers of the datasets: facts of the vendor's catalogue, a part of it. Source: Databento
 * docs, Publishers.
 */

/** Dataset, then `id:venue` pairs. */
const CATALOGUE = `
GLBX.MDP3 1:GLBX
XNAS.ITCH 2:XNAS
XBOS.ITCH 3:XBOS
XPSX.ITCH 4:XPSX
BATS.PITCH 5:BATS
BATY.PITCH 6:BATY
EDGA.PITCH 7:EDGA
EDGX.PITCH 8:EDGX
XNYS.PILLAR 9:XNYS
XCIS.PILLAR 10:XCIS
XASE.PILLAR 11:XASE
XCHI.PILLAR 12:XCHI
MEMX.MEMOIR 15:MEMX
OPRA.PILLAR 20:AMXO 21:XBOX 22:XCBO 23:EMLD 24:EDGO 25:GMNI 26:XISX 27:MCRY 28:XMIO 29:ARCO 30:OPRA
OPRA.PILLAR 31:MPRL 32:XNDQ 33:XBXO 34:C2OX 35:XPHL 36:BATO 37:MXOP 61:SPHR 108:MXTO 109:IEXO
IEXG.TOPS 38:IEXG
DBEQ.BASIC 39:XCHI 40:XCIS 41:IEXG 42:EPRL 59:DBEQ
ARCX.PILLAR 43:ARCX
IFEU.IMPACT 57:IFEU 84:XOFF
NDEX.IMPACT 58:NDEX 85:XOFF
XNAS.BASIC 81:XNAS 82:FINN 83:FINC 88:XBOS 89:XPSX 93:EQUS
EQUS.SUMMARY 90:EQUS
EQUS.MINI 95:EQUS
IFUS.IMPACT 97:IFUS 98:XOFF
IFLL.IMPACT 99:IFLL 100:XOFF
XEUR.EOBI 101:XEUR 103:XOFF
XEEE.EOBI 102:XEEE 104:XOFF
XCBF.PITCH 105:XCBF 106:XOFF
`;

/** A row of `metadata.list_publishers`. */
export interface Publisher {
  publisher_id: number;
  dataset: string;
  venue: string;
  description: string;
}

/** The publishers that are known, by id. */
export function listPublishers(): Publisher[] {
  const publishers: Publisher[] = [];
  for (const line of CATALOGUE.trim().split('\n')) {
    const [dataset, ...pairs] = line.split(' ');
    for (const pair of pairs) {
      const [id, venue] = pair.split(':');
      const description = `${dataset} of ${venue}`;
      publishers.push({ publisher_id: Number(id), dataset: dataset!, venue: venue!, description });
    }
  }
  return publishers.sort((a, b) => a.publisher_id - b.publisher_id);
}
