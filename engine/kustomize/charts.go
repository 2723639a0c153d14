package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"fleetwright.dev/engine/helm"
	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/template"
	"fleetwright.dev/engine/wire"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	sigsyaml "sigs.k8s.io/yaml"
)

// chartEntry is one entry of helmCharts, or one plugin of kind HelmChartInflationGenerator among the generators, which
// upstream hands to a helm process. Here the chart is rendered before the build and its objects are one more resource.
type chartEntry struct {
	// file is the kustomization's, folder the one that paths are relative to.
	file, folder string
	globals      types.HelmGlobals
	chart        types.HelmChart
}

// key names a chart from a repository: what the host fetches and hands in.
func (entry chartEntry) key() string {
	key := strings.TrimSuffix(entry.chart.Repo, "/") + "/" + entry.chart.Name
	if entry.chart.Version != "" {
		key += "@" + entry.chart.Version
	}
	return key
}

// home is the folder of the chart below the kustomization, as kustomize looks for it before it pulls.
func (entry chartEntry) home() string {
	home := entry.globals.ChartHome
	if home == "" {
		home = types.HelmDefaultHome
	}
	home = path.Join(entry.folder, home)
	if entry.chart.Version != "" && entry.chart.Repo != "" {
		home = path.Join(home, entry.chart.Name+"-"+entry.chart.Version)
	}
	return path.Join(home, entry.chart.Name)
}

func (plan *plan) settleCharts(file, namespace string, kustomization *types.Kustomization, changes *changes) error {
	entries := plan.chartEntries(file, namespace, kustomization, changes)
	for place, entry := range entries {
		if !plan.files.IsDir(entry.home()) && entry.chart.Repo != "" {
			plan.charts = append(plan.charts, wire.ChartNeed{
				Key: entry.key(), Name: entry.chart.Name, Repo: entry.chart.Repo, Version: entry.chart.Version,
				File: plan.label(file),
			})
		}
		if plan.render == nil {
			continue
		}
		name, err := plan.chartFile(entry, place)
		if err != nil {
			return err
		}
		resources, _ := changes.fields["resources"].([]any)
		changes.fields["resources"] = append(resources, name)
	}
	if len(entries) > 0 && plan.render != nil {
		delete(changes.fields, "helmCharts")
		delete(changes.fields, "helmChartInflationGenerator")
		changes.made = true
	}
	return nil
}

// chartFile renders an entry into a file beside its kustomization. Charts of one base under two overlays with different
// namespaces would need two.
func (plan *plan) chartFile(entry chartEntry, place int) (string, error) {
	text, err := plan.render(entry)
	name := fmt.Sprintf(".fleetwright-chart-%d.yaml", place)
	full := path.Join(entry.folder, name)
	if before, taken := plan.files.over[full]; err == nil && taken && !bytes.Equal(before, text) {
		err = &operation.Fault{
			Kind: wire.KindKustomize, Message: "it is reached under two namespaces; set `namespace` on the entry",
		}
	}
	if err == nil {
		plan.files.over[full] = text
		return name, nil
	}
	var fault *operation.Fault
	if !errors.As(err, &fault) {
		return "", err
	}
	named := *fault
	named.Message = "chart " + entry.chart.Name + ": " + fault.Message
	if named.File == "" {
		named.File = plan.label(entry.file)
	}
	return path.Base(plan.failAt(entry.folder, &named)), nil
}

func (plan *plan) chartEntries(file, namespace string, from *types.Kustomization, changes *changes) []chartEntry {
	var entries []chartEntry
	globals := types.HelmGlobals{}
	if from.HelmGlobals != nil {
		globals = *from.HelmGlobals
	}
	folder := path.Dir(file)
	for _, chart := range from.HelmCharts {
		if chart.Namespace == "" {
			chart.Namespace = namespace
		}
		entries = append(entries, chartEntry{file: file, folder: folder, globals: globals, chart: chart})
	}
	generators, _ := changes.fields["generators"].([]any)
	kept := slices.DeleteFunc(slices.Clone(generators), func(generator any) bool {
		found := plan.chartGenerators(file, generator)
		entries = append(entries, found...)
		return len(found) > 0
	})
	if len(kept) < len(generators) && plan.render != nil {
		changes.fields["generators"] = kept
		changes.made = true
	}
	return entries
}

// chartGenerators reads an entry of generators, a file or its text, that holds nothing but chart generators.
func (plan *plan) chartGenerators(file string, generator any) []chartEntry {
	text, _ := generator.(string)
	folder := path.Dir(file)
	if !strings.Contains(text, "\n") {
		name := path.Join(folder, text)
		if !plan.files.isFile(name) {
			return nil
		}
		content, err := plan.files.ReadFile(name)
		if err != nil {
			return nil
		}
		text = string(content)
	}
	var entries []chartEntry
	for _, part := range manifest.Split(text) {
		var plugin struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			types.HelmGlobals
			types.HelmChart
		}
		if strings.TrimSpace(part.Text) == "" {
			continue
		}
		if sigsyaml.Unmarshal([]byte(part.Text), &plugin) != nil || plugin.Kind != "HelmChartInflationGenerator" {
			return nil
		}
		entries = append(entries, chartEntry{file: file, folder: folder, globals: plugin.HelmGlobals, chart: plugin.HelmChart})
	}
	return entries
}

// chartRenderer renders the entries of one build. Their charts look nothing up: kustomize runs `helm template`, which has no
// cluster, so that `lookup` finds nothing there either.
type chartRenderer struct {
	files        *fileSystem
	charts       map[string]string
	capabilities wire.Capabilities
	blocked      blockedCalls
}

func (renderer *chartRenderer) render(entry chartEntry) ([]byte, error) {
	chart, defaults, err := renderer.find(entry)
	if err != nil {
		return nil, err
	}
	values, err := renderer.values(entry, defaults)
	if err != nil {
		return nil, err
	}
	release, err := renderer.releaseOf(entry.chart)
	if err != nil {
		return nil, err
	}
	capabilities := renderer.capabilities
	if entry.chart.KubeVersion != "" {
		capabilities.KubeVersion = entry.chart.KubeVersion
	}
	if len(entry.chart.ApiVersions) > 0 && capabilities.APIVersions != nil {
		capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), entry.chart.ApiVersions...)
	}
	rendered, err := chart.Render(helm.Options{
		Release: release, Values: values, Capabilities: capabilities,
		ExcludeCRDs: !entry.chart.IncludeCRDs, DisableHooks: entry.chart.SkipHooks,
	})
	if err != nil {
		return nil, err
	}
	return asResources(rendered, entry.chart.SkipTests), nil
}

// find gives the chart and its values.yaml: from the tree, else what the host handed in.
func (renderer *chartRenderer) find(entry chartEntry) (*helm.Chart, []byte, error) {
	home := entry.home()
	if renderer.files.IsDir(home) {
		tree, inner := renderer.files.locate(home)
		chart, err := tree.chart(inner)
		if err != nil {
			return nil, nil, err
		}
		return chart, tree.files[inner+"/values.yaml"], nil
	}
	if entry.chart.Repo == "" {
		return nil, nil, &operation.Fault{
			Kind: wire.KindMissingFile, Message: "there is no repo to fetch it from and no folder " + inTree(home),
		}
	}
	digest, given := renderer.charts[entry.key()]
	if !given {
		return nil, nil, &operation.Fault{Kind: wire.KindRemote, Message: entry.key() + " was not fetched beforehand"}
	}
	chart, found := helm.Loaded(digest)
	if !found {
		return nil, nil, fmt.Errorf("chart %s is not loaded", digest)
	}
	defaults, err := chart.ValuesText()
	return chart, defaults, err
}

func inTree(name string) string {
	_, inner, _ := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	return inner
}

// values puts together what helm gets by its flags `-f`: the values file (the chart's own when none is named) with
// valuesInline laid over or under it by kustomize's merge, then the additional files.
func (renderer *chartRenderer) values(entry chartEntry, defaults []byte) (string, error) {
	base := defaults
	var err error
	if entry.chart.ValuesFile != "" {
		if base, err = renderer.load(entry, entry.chart.ValuesFile); err != nil {
			return "", err
		}
	}
	if len(entry.chart.ValuesInline) > 0 {
		if base, err = mergeInline(entry.chart, base); err != nil {
			return "", &operation.Fault{Kind: wire.KindValues, Message: err.Error()}
		}
	}
	merged, fault := valuesMap(base)
	if fault != nil {
		return "", fault
	}
	for _, file := range entry.chart.AdditionalValuesFiles {
		content, err := renderer.load(entry, file)
		if err != nil {
			return "", err
		}
		more, fault := valuesMap(content)
		if fault != nil {
			fault.File = inTree(path.Join(entry.folder, file))
			return "", fault
		}
		merged = template.Merge(merged, more)
	}
	return string(manifest.AppendJSON(nil, merged)), nil
}

func (renderer *chartRenderer) load(entry chartEntry, file string) ([]byte, error) {
	if isWebAddress(file) {
		content, given := network.page(address(file))
		if !given {
			return nil, &operation.Fault{Kind: wire.KindRemote, Message: file + " was not fetched beforehand"}
		}
		return content, nil
	}
	name := path.Join(entry.folder, file)
	if strings.HasPrefix(file, "/") {
		name = file
	}
	content, err := renderer.files.ReadFile(name)
	if err != nil {
		return nil, &operation.Fault{
			Kind: wire.KindMissingFile, Message: "there is no values file " + file, File: inTree(name),
		}
	}
	return content, nil
}

func valuesMap(text []byte) (map[string]any, *operation.Fault) {
	value, fault := manifest.Parse(string(text))
	if fault != nil {
		return nil, fault
	}
	values, isMap := value.(map[string]any)
	if !isMap && value != nil {
		return nil, &operation.Fault{Kind: wire.KindValues, Message: "the values are no mapping"}
	}
	return values, nil
}

func mergeInline(chart types.HelmChart, base []byte) ([]byte, error) {
	inline, err := yaml.FromMap(chart.ValuesInline)
	if err != nil {
		return nil, err
	}
	var merged *yaml.RNode
	switch chart.ValuesMerge {
	case "replace":
		merged = inline
	case "", "override", "merge":
		values, err := yaml.Parse(string(base))
		if err != nil {
			return nil, err
		}
		if chart.ValuesMerge == "merge" {
			merged, err = merge2.Merge(values, inline, yaml.MergeOptions{})
		} else {
			merged, err = merge2.Merge(inline, values, yaml.MergeOptions{})
		}
		if err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("valuesMerge must be one of merge, override, replace")
	}
	// As data and printed anew: YAML 1.2's key `y`, which kustomize reads, is to reach helm, which reads YAML 1.1, in quotes.
	values, err := merged.Map()
	if err != nil {
		return nil, err
	}
	return sigsyaml.Marshal(values)
}

func (renderer *chartRenderer) releaseOf(chart types.HelmChart) (wire.Release, error) {
	release := wire.Release{Name: chart.ReleaseName, Namespace: chart.Namespace}
	if release.Namespace == "" {
		release.Namespace = "default"
	}
	if chart.NameTemplate != "" {
		name, functions, fault := template.Execute("nameTemplate", chart.NameTemplate, nil)
		if fault != nil {
			return release, fault
		}
		renderer.blocked.add("nameTemplate", functions)
		release.Name = name
	}
	if release.Name == "" {
		return release, &operation.Fault{
			Kind: wire.KindKustomize, Message: "set releaseName: helm would make up another name at every build",
		}
	}
	return release, nil
}

// asResources prints rendered objects with the mark that keeps kustomize's namespace transformer from them.
func asResources(rendered []manifest.Rendered, skipTests bool) []byte {
	var text bytes.Buffer
	for _, entry := range rendered {
		if skipTests && entry.Hook != nil && slices.Contains(entry.Hook.Events, "test") {
			continue
		}
		fields := maps.Clone(entry.Object.Fields())
		metadata, _ := fields["metadata"].(map[string]any)
		metadata = maps.Clone(metadata)
		annotations, _ := metadata["annotations"].(map[string]any)
		marked := map[string]any{konfig.HelmGeneratedAnnotation: "true"}
		maps.Copy(marked, annotations)
		metadata["annotations"], fields["metadata"] = marked, metadata
		text.WriteString("---\n")
		text.Write(manifest.Print(fields))
	}
	return text.Bytes()
}
