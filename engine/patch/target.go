package patch

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fleetwright.dev/engine/wire"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// matcher is a target made ready. Its patterns are not anchored, as in Sveltos; kustomize's own are, and both are asked.
type matcher struct {
	patterns    [5]*regexp.Regexp
	labels      labels.Selector
	annotations labels.Selector
}

func compileTargets(patches []wire.Patch) ([]*matcher, error) {
	matchers := make([]*matcher, len(patches))
	for place, patch := range patches {
		if patch.Target == nil {
			continue
		}
		matcher, err := compileTarget(*patch.Target, place)
		if err != nil {
			return nil, err
		}
		matchers[place] = matcher
	}
	return matchers, nil
}

func compileTarget(target wire.Target, place int) (*matcher, error) {
	matcher := &matcher{}
	texts := [5]string{target.Group, target.Version, target.Kind, target.Namespace, target.Name}
	names := [5]string{"group", "version", "kind", "namespace", "name"}
	var err error
	for index, text := range texts {
		if text == "" {
			continue
		}
		if matcher.patterns[index], err = regexp.Compile(text); err != nil {
			return nil, fault("target.%s of patch %d is no regular expression: %s", names[index], place+1, err)
		}
	}
	if matcher.labels, err = selector(target.LabelSelector); err != nil {
		return nil, fault("target.labelSelector of patch %d: %s", place+1, err)
	}
	if matcher.annotations, err = selector(target.AnnotationSelector); err != nil {
		return nil, fault("target.annotationSelector of patch %d: %s", place+1, err)
	}
	return matcher, nil
}

func selector(text string) (labels.Selector, error) {
	if text == "" {
		return labels.Everything(), nil
	}
	return labels.Parse(text)
}

func (matcher *matcher) matches(object Object) bool {
	if matcher == nil {
		return true
	}
	group, version, hasGroup := strings.Cut(object.APIVersion, "/")
	if !hasGroup {
		group, version = "", object.APIVersion
	}
	for index, text := range [5]string{group, version, object.Kind, object.Namespace, object.Name} {
		if pattern := matcher.patterns[index]; pattern != nil && !pattern.MatchString(text) {
			return false
		}
	}
	metadata, _ := object.Fields["metadata"].(map[string]any)
	return matcher.labels.Matches(textsOf(metadata["labels"])) && matcher.annotations.Matches(textsOf(metadata["annotations"]))
}

// textsOf reads labels as Kubernetes does: a single value that is no string makes all of them unreadable.
func textsOf(value any) labels.Set {
	fields, _ := value.(map[string]any)
	texts := make(labels.Set, len(fields))
	for key, value := range fields {
		text, isText := value.(string)
		if !isText {
			return nil
		}
		texts[key] = text
	}
	return texts
}

func applicablePatches(object Object, patches []wire.Patch, matchers []*matcher) []wire.Patch {
	var applicable []wire.Patch
	for place, patch := range patches {
		if !matchers[place].matches(object) {
			continue
		}
		if patch, keep := withoutVainRemovals(patch, object); keep {
			applicable = append(applicable, patch)
		}
	}
	return applicable
}

func isJSON6902(patch string) bool {
	patch = strings.TrimSpace(patch)
	return strings.HasPrefix(patch, "[") || strings.HasPrefix(patch, "- ")
}

// withoutVainRemovals drops the `remove` operations whose path the object does not have; a patch of which nothing is left
// is not to be applied.
func withoutVainRemovals(patch wire.Patch, object Object) (wire.Patch, bool) {
	if !isJSON6902(patch.Patch) {
		return patch, true
	}
	var operations []map[string]any
	if yaml.Unmarshal([]byte(firstDocument(patch.Patch)), &operations) != nil {
		return patch, true // kustomize tells what is wrong with it
	}
	kept := slices.DeleteFunc(slices.Clone(operations), func(operation map[string]any) bool {
		path, _ := operation["path"].(string)
		return operation["op"] == "remove" && path != "" && !hasPath(object.Fields, path)
	})
	if len(kept) == len(operations) {
		return patch, len(kept) > 0
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return patch, true
	}
	patch.Patch = string(text)
	return patch, len(kept) > 0
}

func firstDocument(text string) string {
	first, _, _ := strings.Cut(text, "\n---")
	return first
}

func hasPath(value any, path string) bool {
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if part == "" {
			continue
		}
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		switch container := value.(type) {
		case map[string]any:
			child, found := container[part]
			if !found {
				return false
			}
			value = child
		case []any:
			index, err := strconv.Atoi(part)
			if err != nil || index < 0 || index >= len(container) {
				return false
			}
			value = container[index]
		default:
			return false
		}
	}
	return true
}

func inOrder(outputs []Output) []Output {
	slices.SortStableFunc(outputs, func(left, right Output) int { return cmp.Compare(left.From, right.From) })
	return outputs
}
