package helm

import (
	"fmt"
	"testing"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/wire"
)

// tenCharts are those of a usual platform, whose figures stand in the design's table, each with values that name a cluster.
var tenCharts = []struct{ name, values string }{
	{"argoproj-argo-cd", `{"global":{"domain":"argo.%s.example.com"}}`},
	{"cert-manager-cert-manager", `{"podLabels":{"cluster":"%s"}}`},
	{"grafana-community-grafana", `{"adminPassword":"given","podLabels":{"cluster":"%s"}}`},
	{"kubernetes-ingress-nginx", `{"controller":{"podLabels":{"cluster":"%s"}}}`},
	{"kyverno-kyverno", `{"admissionController":{"podLabels":{"cluster":"%s"}}}`},
	{"open-policy-agent-gatekeeper", `{"podLabels":{"cluster":"%s"}}`},
	{"projectcalico-tigera-operator", `{"installation":{"variant":"%s"}}`},
	{"prometheus-community-kube-prometheus-stack",
		`{"grafana":{"adminPassword":"given"},"prometheus":{"prometheusSpec":{"externalLabels":{"cluster":"%s"}}}}`},
	{"stefanprodan-podinfo", `{"ui":{"message":"%s"}}`},
	{"vmware-tanzu-velero", `{"podLabels":{"cluster":"%s"}}`},
}

// BenchmarkRender renders each chart again and again: with equal values, and with another cluster's name each time.
func BenchmarkRender(b *testing.B) {
	folder := corpusFolder(b)
	for _, row := range tenCharts {
		loaded, err := Load(chartFilesOf(b, folder, row.name))
		if err != nil {
			b.Fatal(err)
		}
		cluster := 0
		render := func(b *testing.B, isNamed bool) {
			options := Options{Release: corpusRelease, Capabilities: corpusCapabilities}
			if isNamed {
				cluster++
				options.Values = fmt.Sprintf(row.values, fmt.Sprintf("cluster-%d", cluster))
			}
			rendered, err := loaded.Render(options)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := manifest.Finish(rendered, &wire.Finish{}); err != nil {
				b.Fatal(err)
			}
		}
		for _, kind := range []string{"equal", "named"} {
			b.Run(row.name+"/"+kind, func(b *testing.B) {
				render(b, kind == "named")
				for b.Loop() {
					render(b, kind == "named")
				}
			})
		}
	}
}

// BenchmarkFleet renders the charts that hold a cluster's name in turn, one cluster after another.
func BenchmarkFleet(b *testing.B) {
	folder := corpusFolder(b)
	var charts []*Chart
	for _, row := range tenCharts {
		loaded, err := Load(chartFilesOf(b, folder, row.name))
		if err != nil {
			b.Fatal(err)
		}
		charts = append(charts, loaded)
	}
	cluster := 0
	render := func() {
		cluster++
		for place, row := range tenCharts {
			rendered, err := charts[place].Render(Options{
				Release: corpusRelease, Capabilities: corpusCapabilities,
				Values: fmt.Sprintf(row.values, fmt.Sprintf("cluster-%d", cluster)),
			})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := manifest.Finish(rendered, &wire.Finish{DefaultNamespace: "test", Scopes: map[string]bool{"apps/Deployment": true}}); err != nil {
				b.Fatal(err)
			}
		}
	}
	render()
	for b.Loop() {
		render()
	}
}
