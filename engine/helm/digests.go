package helm

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
)

// digestPlace is a place in the dot of one chart of the structure, and what of it a digest is about.
type digestPlace struct {
	chart int
	keys  []string
	about about
}

type about byte

const (
	aboutContent about = 'c'
	aboutTruth   about = 't'
	aboutBraces  about = 'b'
	aboutAll     about = 'a'
)

// places numbers all places of a shape, so that a render looks them up by index.
type places struct {
	numbers map[string]int
	all     []digestPlace
}

func (numbered *places) number(chart int, place string, about about) int {
	key := strconv.Itoa(chart) + string(about) + place
	number, found := numbered.numbers[key]
	if !found {
		number = len(numbered.all)
		numbered.numbers[key] = number
		numbered.all = append(numbered.all, digestPlace{chart, strings.Split(place, "\x00"), about})
	}
	return number
}

// key is equal for two executions of a file whose output is equal: it holds the values of all that the file reads. False
// when a value has a type that is not understood.
func (run *execution) key(read *reads) (string, bool) {
	key, ok := run.appendKey(make([]byte, 0, 512), read)
	return string(key), ok
}

func (run *execution) appendKey(key []byte, read *reads) ([]byte, bool) {
	for _, number := range read.numbers {
		digest := run.digest(number)
		if digest == "" {
			return nil, false
		}
		key = append(key, digest...)
	}
	for _, version := range read.askedVersions {
		key = append(key, truthText(run.hasVersion(version))...)
	}
	for _, expansion := range read.expansions {
		if run.expands(expansion.numbers) {
			var ok bool
			if key, ok = run.appendKey(key, expansion.given); !ok {
				return nil, false
			}
		}
	}
	if read.lookup {
		key = append(key, run.cluster.digest()...)
	}
	return key, true
}

func truthText(truth bool) string {
	if truth {
		return "1"
	}
	return "0"
}

// hasVersion is .Capabilities.APIVersions.Has, by a set: the list of a cluster is long.
func (run *execution) hasVersion(version string) bool {
	if run.versions == nil {
		run.versions = make(map[string]bool, len(run.capabilities.APIVersions))
		for _, known := range run.capabilities.APIVersions {
			run.versions[known] = true
		}
	}
	return run.versions[version]
}

// expands tells whether any of the values holds a brace, so that `tpl` of it may do more than copy.
func (run *execution) expands(sources []int) bool {
	for _, source := range sources {
		if run.digest(source) != "0" {
			return true
		}
	}
	return false
}

// digest of a value at a place, kept until a template writes into the values; empty when it cannot be told.
func (run *execution) digest(number int) string {
	for len(run.digests) <= number {
		run.digests = append(run.digests, unknownDigest)
	}
	if run.digests[number] == unknownDigest {
		run.digests[number] = run.computeDigest(run.places.all[number])
	}
	return run.digests[number]
}

const unknownDigest = "-"

// shortDigest is up to where a digest is the printed value itself.
const shortDigest = 64

func (run *execution) computeDigest(place digestPlace) string {
	scope := run.scopes[place.chart]
	if place.about == aboutAll {
		return summed(appendScope(nil, scope))
	}
	value, missing := reach(scope, place.keys)
	if missing != "" {
		return missing
	}
	switch place.about {
	case aboutTruth:
		if truth, known := isTrue(value); known {
			return truthText(truth)
		}
	case aboutBraces:
		return truthText(holdsBrace(value))
	}
	return summed(appendValue(nil, value, 0))
}

func summed(printed []byte) string {
	if len(printed) <= shortDigest {
		return string(printed)
	}
	sum := sha256.Sum256(printed)
	return "#" + string(sum[:])
}

// reach goes from a dot to a place. Where the way ends early, what stopped it is the answer: nothing else of the values
// matters then. Capabilities are reached whole, but for the version of Kubernetes.
func reach(scope map[string]any, keys []string) (value any, missing string) {
	value = scope
	for depth, key := range keys {
		switch known := value.(type) {
		case map[string]any:
			field, found := known[key]
			if !found {
				return nil, "?" + strconv.Itoa(depth) + " "
			}
			value = field
		case common.Values:
			if valuesMethods[key] {
				return known, ""
			}
			field, found := known[key]
			if !found {
				return nil, "?" + strconv.Itoa(depth) + " "
			}
			value = field
		case *common.Capabilities:
			if key == "KubeVersion" {
				return known.KubeVersion.Version, ""
			}
			return known, ""
		case nil:
			return nil, "!" + strconv.Itoa(depth) + " "
		default:
			return known, ""
		}
	}
	return value, ""
}

// valuesMethods are what templates may call on .Values; text/template prefers them to keys.
var valuesMethods = map[string]bool{"AsMap": true, "Encode": true, "PathValue": true, "Table": true, "YAML": true}

// isTrue is text/template's truth of plain data.
func isTrue(value any) (truth, known bool) {
	switch value := value.(type) {
	case nil:
		return false, true
	case bool:
		return value, true
	case string:
		return value != "", true
	case float64:
		return value != 0, true
	case int64:
		return value != 0, true
	case int:
		return value != 0, true
	case map[string]any:
		return len(value) > 0, true
	case common.Values:
		return len(value) > 0, true
	case []any:
		return len(value) > 0, true
	}
	return false, false
}

func holdsBrace(value any) bool {
	switch value := value.(type) {
	case string:
		return strings.Contains(value, "{")
	case common.Values:
		return holdsBrace(map[string]any(value))
	case map[string]any:
		for key, field := range value {
			if strings.Contains(key, "{") || holdsBrace(field) {
				return true
			}
		}
		return false
	case []any:
		return slices.ContainsFunc(value, holdsBrace)
	case nil, bool, float64, int64, int:
		return false
	}
	return true
}

// maxValueDepth is beyond what values have, unless a template made them hold themselves.
const maxValueDepth = 200

// appendValue prints a value so that unequal values print unequally, types told apart. It gives nil for what it does not
// understand.
func appendValue(out []byte, value any, depth int) []byte {
	if depth > maxValueDepth {
		return nil
	}
	switch value := value.(type) {
	case nil:
		return append(out, 'z')
	case bool:
		return strconv.AppendBool(append(out, 'b'), value)
	case string:
		return appendText(append(out, 's'), value)
	case float64:
		return appendNumber(out, value)
	case int64:
		return append(strconv.AppendInt(append(out, 'l'), value, 10), ' ')
	case int:
		return append(strconv.AppendInt(append(out, 'i'), int64(value), 10), ' ')
	case common.Values:
		return appendFields(append(out, 'V'), value, depth)
	case map[string]any:
		return appendFields(append(out, 'M'), value, depth)
	case map[string]string:
		out = binary.AppendUvarint(append(out, 'A'), uint64(len(value)))
		for _, key := range sortedNames(value) {
			out = appendText(appendText(out, key), value[key])
		}
		return out
	case []any:
		out = binary.AppendUvarint(append(out, 'L'), uint64(len(value)))
		for _, item := range value {
			if out = appendValue(out, item, depth+1); out == nil {
				return nil
			}
		}
		return out
	case *common.Capabilities:
		out = appendText(append(out, 'C'), value.KubeVersion.Version)
		for _, version := range value.APIVersions {
			out = appendText(out, version)
		}
		return out
	case chartFiles:
		// The files of a chart never change, and each file of templates has those of its own chart.
		return append(out, 'F')
	}
	return nil
}

func appendFields(out []byte, fields map[string]any, depth int) []byte {
	out = binary.AppendUvarint(out, uint64(len(fields)))
	for _, key := range sortedNames(fields) {
		if out = appendValue(appendText(out, key), fields[key], depth+1); out == nil {
			return nil
		}
	}
	return out
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

// appendScope prints a dot but for .Template, which differs from file to file and never between renders.
func appendScope(out []byte, scope map[string]any) []byte {
	for _, key := range sortedNames(scope) {
		if key == "Template" {
			continue
		}
		out = appendText(out, key)
		subcharts, isMap := scope[key].(map[string]any)
		if key != "Subcharts" || !isMap {
			if out = appendValue(out, scope[key], 0); out == nil {
				return nil
			}
			continue
		}
		for _, name := range sortedNames(subcharts) {
			child, isScope := subcharts[name].(map[string]any)
			if !isScope {
				return nil
			}
			if out = appendScope(appendText(out, name), child); out == nil {
				return nil
			}
		}
	}
	return out
}
