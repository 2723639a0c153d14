import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as o}from"./chunk-UPZVIOKG.js";var i=o.version;export{i as a};
