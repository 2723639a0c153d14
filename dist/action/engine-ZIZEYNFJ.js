import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a,b,c}from"./chunk-ZNFX3QNZ.js";import"./chunk-HDC6I34O.js";import"./chunk-JDCIDDVS.js";export{c as createEngine,a as readRecordedDigest,b as toFileTree};
