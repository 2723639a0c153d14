package helm

import (
	"encoding/json"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

// parseValues reads values as `--values FILE` does, numbers as float64. JSON, which is what the engine's own merge hands
// over, is read as such: YAML takes many times as long.
func parseValues(text string) (map[string]any, error) {
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		var values map[string]any
		if json.Unmarshal([]byte(text), &values) == nil {
			return values, nil
		}
	}
	values, err := loader.LoadValues(strings.NewReader(text))
	if err != nil {
		return nil, &operation.Fault{Kind: wire.KindValues, Message: err.Error()}
	}
	return values, nil
}

// helmVersion is what templates see as .Capabilities.HelmVersion: the released helm of the version in go.mod, which
// differs from what upstream's package says of itself in a program that is not helm.
const (
	helmVersion       = "v4.3.1"
	helmGoVersion     = "go1.26.8"
	kubeClientVersion = "v1.37"
)

// capabilitiesOf makes upstream's value, since templates call its methods.
func capabilitiesOf(given wire.Capabilities) (*common.Capabilities, error) {
	capabilities := &common.Capabilities{APIVersions: given.APIVersions}
	if given.APIVersions == nil {
		capabilities.APIVersions = defaultAPIVersions
	}
	version, err := common.ParseKubeVersion(given.KubeVersion)
	if err != nil {
		return nil, &operation.Fault{
			Kind:    wire.KindKubeVersion,
			Message: "invalid kube version '" + given.KubeVersion + "': " + err.Error(),
		}
	}
	capabilities.KubeVersion = *version
	capabilities.HelmVersion.Version = helmVersion
	capabilities.HelmVersion.GoVersion = helmGoVersion
	capabilities.HelmVersion.KubeClientVersion = kubeClientVersion
	return capabilities, nil
}

func releaseOf(release wire.Release) common.ReleaseOptions {
	return common.ReleaseOptions{Name: release.Name, Namespace: release.Namespace, Revision: 1, IsInstall: true}
}
