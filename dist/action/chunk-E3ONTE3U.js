import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as n}from"./chunk-JDCIDDVS.js";function r({cores:t}){return Math.min(t,4)}n(r,"defaultWorkers");function i({concurrency:t},o){let e=o.startEngine(t??r(o));return e.catch(()=>{}),e}n(i,"startEngine");export{i as a};
