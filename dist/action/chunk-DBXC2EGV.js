import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as o}from"./chunk-JDCIDDVS.js";function r({concurrency:e},t){let n=t.startEngine(e??Math.min(t.cores,4));return n.catch(()=>{}),n}o(r,"startEngine");export{r as a};
