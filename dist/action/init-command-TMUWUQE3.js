import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);
import{a as y}from"./chunk-D4IJ2UJI.js";import"./chunk-YUPTUHKC.js";import{g as u}from"./chunk-FYU5GXSB.js";import{h}from"./chunk-V7T7UAST.js";import"./chunk-VWF62TLP.js";import{E as d}from"./chunk-Q7OLPOCR.js";import{a as g,b as l}from"./chunk-HFHLJXKY.js";import"./chunk-N2GX5AXQ.js";import"./chunk-5VUVD5F6.js";import"./chunk-7OTTWADP.js";import{a as p,c as f}from"./chunk-HDC6I34O.js";import{a as n}from"./chunk-JDCIDDVS.js";import{mkdir as v,readdir as j,writeFile as k}from"node:fs/promises";import{dirname as R,join as w,relative as x,resolve as E}from"node:path";var c={"fleetwright.yaml":`# Configuration of fleetwright; every field is optional. Reference: docs/reference/configuration.md
apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  # For clusters that no Cluster API or SveltosCluster object of this repository describes.
  clusters:
    - name: staging
      namespace: fleet
      labels: { env: staging }
      version: v1.34.0
    - name: production
      namespace: fleet
      labels: { env: production }
      version: v1.34.0
  rendered:
    branch: rendered
    delivery: [flux]
`,"fleet/hello.yaml":`# Every cluster with an env label gets the chart of this repository, with values of its own.
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata:
  name: hello
spec:
  clusterSelector:
    matchExpressions:
      - { key: env, operator: Exists }
  helmCharts:
    - repositoryURL: ./charts/hello
      chartName: hello
      chartVersion: 0.1.0
      releaseName: hello
      releaseNamespace: hello
      values: |
        greeting: hello from {{ .Cluster.metadata.name }}
`,"fleet/production.yaml":`# Raw manifests, for production only.
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata:
  name: quotas
spec:
  clusterSelector:
    matchLabels:
      env: production
  dependsOn:
    - hello
  policyRefs:
    - kind: ConfigMap
      namespace: fleet
      name: quotas
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: quotas
  namespace: fleet
data:
  quota.yaml: |
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: hello
      namespace: hello
    spec:
      hard:
        pods: "20"
`,"charts/hello/Chart.yaml":`apiVersion: v2
name: hello
description: Serves a greeting
type: application
version: 0.1.0
appVersion: "1.0"
`,"charts/hello/values.yaml":`greeting: hello
replicas: 1
`,"charts/hello/templates/configmap.yaml":`apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ .Values.greeting | quote }}
`,"charts/hello/templates/deployment.yaml":`apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app: {{ .Release.Name }}
  template:
    metadata:
      labels:
        app: {{ .Release.Name }}
    spec:
      containers:
        - name: hello
          image: registry.k8s.io/pause:3.10
          env:
            - name: GREETING
              valueFrom:
                configMapKeyRef:
                  name: {{ .Release.Name }}
                  key: greeting
`};var N=["fleet/production","fleet/staging"].map(a=>({id:a,namespace:"fleet"}));async function D(a,r,[t="."]){let o=y(a,r),e=E(r.cwd,t),i=Object.keys(c).sort();await P(`write a fleet into ${e}`,async()=>{await v(e,{recursive:!0});let m=(await j(e)).filter(s=>s!==".git");if(m.length>0)throw new l(`${e} is not empty: it has ${m.slice(0,3).join(", ")}`);for(let[s,C]of Object.entries(c))await v(R(w(e,s)),{recursive:!0}),await k(w(e,s),C)});let[b="https://git.example.com/fleet.git"]=await h(e);return o.text(`${V(x(r.cwd,e),i)}
${await O(b,r)}`),o.json({folder:e,files:i}),g.done.code}n(D,"runInit");function V(a,r){let t=a===""?[]:[`  cd ${a}`];return["Wrote",...r.map(o=>`  ${o}`),"","Next",...t,'  git init && git add . && git commit -m "Begin the fleet"',"  fleetwright compile","  git push origin HEAD rendered","","Once, in the management cluster with Flux, so that it follows the rendered branch:",""].join(`
`)}n(V,"formatNextSteps");async function O(a,r){let t=u(d,{url:a,clusters:N}).flatMap(e=>e.objects),o=await r.startEngine(1);try{let e=await o.printObjects(t.map(i=>JSON.stringify(i)));return f(e.ok,"bootstrap objects can be printed"),e.value.map(({text:i})=>`---
${i}`).join("")}finally{await o.close()}}n(O,"formatBootstrap");async function P(a,r){try{await r()}catch(t){throw t instanceof l?t:new p({adapter:"disk",operation:a,message:t instanceof Error?t.message:String(t),retryable:!1,hint:"name a folder that can be written",cause:t})}}n(P,"attempt");export{D as runInit};
