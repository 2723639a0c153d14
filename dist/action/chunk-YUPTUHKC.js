import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as t}from"./chunk-JDCIDDVS.js";function r({color:o},{env:p},{isTerminal:i}){return o==="always"||o==="auto"&&i&&(p.NO_COLOR??"")===""}t(r,"hasColor");export{r as a};
