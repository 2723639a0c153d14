import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as o}from"./chunk-DTP4JBZA.js";var i=o.version;export{i as a};
