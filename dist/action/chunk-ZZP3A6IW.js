import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as i}from"./chunk-YBMSWRPG.js";import{b as e}from"./chunk-V7T7UAST.js";import{a as r}from"./chunk-JDCIDDVS.js";var f=30;function l(o){return{async commits(t){let n=["rev-list",...["--first-parent",`--max-count=${f}`,t],"--","fleetwright.yaml","fleetwright.yml"],s=`list what fleetwright.yaml was before ${t}`;return(await e({folder:o.folder,args:n},s)).toString().split(`
`).filter(a=>a!=="")},read:r(t=>i(o,t),"read")}}r(l,"createConfigHistory");export{l as a};
