package helm

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	release "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/release/v1/util"
)

// entry is one document of a chart's output.
type entry struct {
	document *manifest.Document
	source   string
	hook     *wire.Hook
	// kind and rank order entries as helm installs them.
	kind string
	rank int
}

// installRanks is the place of each kind in helm's order of installation.
var installRanks = func() map[string]int {
	ranks := map[string]int{}
	for place, kind := range util.InstallOrder {
		ranks[kind] = place
	}
	return ranks
}()

// readDocuments splits the output of one template. Documents without content are left out, and so are hooks of kinds that
// helm does not know; in crds/ (plain) there are no hooks, whatever annotations say.
func readDocuments(source, output string, plain bool) ([]entry, error) {
	var entries []entry
	for _, text := range manifest.SplitHelm(output) {
		document, fault := manifest.Load(asApplied(text))
		if fault != nil {
			return nil, outputFault(source, output, text, fault)
		}
		if document.Empty() {
			continue
		}
		var hook *wire.Hook
		if !plain {
			known, err := true, error(nil)
			if hook, known, err = hookOf(source, text); err != nil {
				return nil, err
			}
			if !known {
				continue
			}
		}
		rank, ranked := installRanks[document.Head.Kind]
		if !ranked {
			rank = len(installRanks)
		}
		entries = append(entries, entry{document, source, hook, document.Head.Kind, rank})
	}
	return entries, nil
}

// asApplied adds the line end that helm puts after each document: without it, a block of text at the end of a document
// would lose its last line end, and one that keeps all of them (`|+`) would have one less.
func asApplied(text string) string {
	if strings.HasSuffix(text, "\n") && !strings.Contains(text, "+") {
		return text
	}
	return text + "\n"
}

// outputFault places a fault of rendered YAML: lines count in what the template gave, not in the template.
func outputFault(source, output, text string, fault *operation.Fault) *operation.Fault {
	placed := *fault
	placed.File, placed.Line, placed.Column = inChart(source), 0, 0
	if fault.Line > 0 {
		line := fault.Line
		if start := strings.Index(output, text); start > 0 {
			line += strings.Count(output[:start], "\n")
		}
		placed.Message = fmt.Sprintf("line %d of the rendered output: %s", line, fault.Message)
	}
	return &placed
}

// hookEvents are the events that helm knows, by how they are written.
var hookEvents = map[string]release.HookEvent{
	"pre-install":   release.HookPreInstall,
	"post-install":  release.HookPostInstall,
	"pre-delete":    release.HookPreDelete,
	"post-delete":   release.HookPostDelete,
	"pre-upgrade":   release.HookPreUpgrade,
	"post-upgrade":  release.HookPostUpgrade,
	"pre-rollback":  release.HookPreRollback,
	"post-rollback": release.HookPostRollback,
	"test":          release.HookTest,
	"test-success":  release.HookTest,
}

// knownHook is what the annotations of a document say; skipped for a hook of kinds that helm does not know.
type knownHook struct {
	hook    *wire.Hook
	skipped bool
}

// hooks keeps them by the text of the document.
var hooks = newGenerations[knownHook](4 << 20)

// hookOf reads helm's annotations of a hook; nil for no hook, known false for one that helm skips.
func hookOf(source, text string) (hook *wire.Hook, known bool, err error) {
	if !strings.Contains(text, release.HookAnnotation) {
		return nil, true, nil
	}
	if found, isKept := hooks.find(text); isKept {
		return found.hook, !found.skipped, nil
	}
	if hook, known, err = readHook(source, text); err != nil {
		return nil, false, err
	}
	hooks.keep(strings.Clone(text), knownHook{hook, !known}, 256)
	return hook, known, nil
}

// readHook reads the document once more, into upstream's own shape, which makes text of numbers as upstream does.
func readHook(source, text string) (hook *wire.Hook, known bool, err error) {
	var head util.SimpleHead
	if err := unmarshalYAML([]byte(text), &head); err != nil {
		return nil, false, &operation.Fault{Kind: wire.KindYAML, Message: err.Error(), File: inChart(source)}
	}
	if head.Metadata == nil {
		return nil, true, nil
	}
	written, isHook := head.Metadata.Annotations[release.HookAnnotation]
	if !isHook {
		return nil, true, nil
	}
	hook = &wire.Hook{Events: []string{}, DeletePolicies: []string{}}
	for _, name := range words(written) {
		event, found := hookEvents[name]
		if !found {
			return nil, false, nil
		}
		hook.Events = append(hook.Events, event.String())
	}
	slices.Sort(hook.Events)
	hook.Events = slices.Compact(hook.Events)
	hook.Weight, _ = strconv.Atoi(head.Metadata.Annotations[release.HookWeightAnnotation])
	if policies, given := head.Metadata.Annotations[release.HookDeleteAnnotation]; given {
		hook.DeletePolicies = words(policies)
	}
	return hook, true, nil
}

func words(list string) []string {
	var all []string
	for word := range strings.SplitSeq(list, ",") {
		all = append(all, strings.ToLower(strings.TrimSpace(word)))
	}
	return all
}

// inInstallOrder sorts the documents of all templates, given in the order of their paths, as helm prints them: manifests,
// then hooks, each by the order of installation; kinds that it does not know come last, by name.
func inInstallOrder(entries []entry) []entry {
	slices.SortStableFunc(entries, func(a, b entry) int {
		if (a.hook == nil) != (b.hook == nil) {
			if a.hook == nil {
				return -1
			}
			return 1
		}
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return strings.Compare(a.kind, b.kind)
	})
	return entries
}

// toRendered lists the objects of the documents.
func toRendered(rendered []manifest.Rendered, entries []entry) []manifest.Rendered {
	for _, entry := range entries {
		for _, object := range entry.document.Objects {
			rendered = append(rendered, manifest.Rendered{Object: object, Source: entry.source, Hook: entry.hook})
		}
	}
	return rendered
}
