package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"fleetwright.dev/engine/operation"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// ReadSveltos reads the objects of a policy's text as Sveltos does (CustomSplit of libsveltos): a text that holds `---`
// anywhere is a stream, any other one document; a document that is a list of strings holds one text each; what has nothing
// but comments and blanks holds nothing. The fault's line counts from the start of the text.
func ReadSveltos(text string) ([]*Object, *operation.Fault) {
	return readSveltos(text, 2)
}

// readSveltos: lists are looked into at two levels, since Sveltos splits what it has split once more.
func readSveltos(text string, levels int) ([]*Object, *operation.Fault) {
	if !hasContent(text) {
		return nil, nil
	}
	if !strings.Contains(text, "---") {
		mayBeList := strings.HasPrefix(strings.TrimSpace(text), "-")
		return readSveltosDocument(text, levels, mayBeList)
	}
	if yaml.IsJSONBuffer([]byte(text)) {
		return readJSONStream(text)
	}
	var objects []*Object
	for _, part := range Split(text) {
		if part.Fault != nil {
			return nil, part.Fault
		}
		if strings.TrimSpace(part.Text) == "" {
			continue
		}
		found, fault := readSveltosDocument(part.Text, levels, true)
		if fault != nil {
			return nil, shiftLines(fault, strings.Count(text[:part.Start], "\n"))
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func readSveltosDocument(text string, levels int, mayBeList bool) ([]*Object, *operation.Fault) {
	document, fault := Load(text)
	if fault == nil {
		return document.Objects, nil
	}
	if !mayBeList || levels == 0 {
		return nil, fault
	}
	value, _ := Parse(text)
	items, isList := value.([]any)
	if !isList || len(items) == 0 {
		return nil, fault
	}
	var objects []*Object
	for place, item := range items {
		text, isScalar := scalarText(item)
		if !isScalar {
			return nil, fault
		}
		found, fault := readSveltos(text, levels-1)
		if fault != nil {
			// Positions within the item's own text mean nothing to a reader of the file.
			fault.Message = fmt.Sprintf("text %d of the list: %s", place+1, fault.Message)
			fault.Line, fault.Column = 0, 0
			return nil, fault
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// scalarText is how a list's item becomes a string: numbers and booleans do, as Kubernetes' YAML converts them.
func scalarText(item any) (string, bool) {
	switch item := item.(type) {
	case string:
		return item, true
	case nil:
		return "", true
	case []any, map[string]any:
		return "", false
	default:
		return string(AppendJSON(nil, item)), true
	}
}

// readJSONStream reads {…}{…}, or a stream of YAML whose first document is JSON, by Kubernetes' own decoder.
func readJSONStream(text string) ([]*Object, *operation.Fault) {
	const bufferBytes = 4096 // Sveltos' own: how far the decoder looks to tell JSON from YAML
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), bufferBytes)
	var objects []*Object
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, notAnObject(err.Error())
		}
		document, fault := Load(string(value))
		if fault != nil {
			return nil, fault
		}
		objects = append(objects, document.Objects...)
	}
}

// hasContent asks whether anything is left without comments and blank lines.
func hasContent(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return true
		}
	}
	return false
}

// shiftLines makes a position within a part one within the whole text.
func shiftLines(fault *operation.Fault, lines int) *operation.Fault {
	if fault.Line > 0 {
		fault.Line += lines
	}
	return fault
}
