package helm

import (
	"testing"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/wire"
)

// tenCharts are those of a usual platform, whose figures stand in the design's table.
var tenCharts = []string{
	"argoproj-argo-cd", "cert-manager-cert-manager", "grafana-community-grafana", "kubernetes-ingress-nginx", "kyverno-kyverno",
	"open-policy-agent-gatekeeper", "projectcalico-tigera-operator", "prometheus-community-kube-prometheus-stack",
	"stefanprodan-podinfo", "vmware-tanzu-velero",
}

// BenchmarkRender renders each chart again and again with values that hold another cluster's name each time.
func BenchmarkRender(b *testing.B) {
	folder := corpusFolder(b)
	for _, name := range tenCharts {
		b.Run(name, func(b *testing.B) {
			loaded, err := Load(chartFilesOf(b, folder, name))
			if err != nil {
				b.Fatal(err)
			}
			render := func() {
				rendered, err := loaded.Render(Options{Release: corpusRelease, Capabilities: corpusCapabilities})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := manifest.Finish(rendered, &wire.Finish{}); err != nil {
					b.Fatal(err)
				}
			}
			render()
			for b.Loop() {
				render()
			}
		})
	}
}
