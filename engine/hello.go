package main

import (
	"runtime"
	"runtime/debug"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

func init() {
	operation.Register("hello", func(operation.Request) (operation.Response, error) {
		return operation.Response{Result: wire.Versions{
			Protocol:  protocolVersion,
			Helm:      moduleVersion("helm.sh/helm/v4"),
			Kustomize: moduleVersion("sigs.k8s.io/kustomize/api"),
			Go:        runtime.Version(),
		}}, nil
	})
}

// moduleVersion is the version of a dependency as linked, so that it cannot differ from go.mod.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}
