package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
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
		if objects, fault, isJSON := readJSONStream(text); isJSON {
			return objects, fault
		}
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

// readJSONStream reads {…}{…}; isJSON is false when the text is YAML after all.
func readJSONStream(text string) (objects []*Object, fault *operation.Fault, isJSON bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return objects, nil, true
		}
		if err != nil {
			return nil, nil, false
		}
		if value == nil {
			continue
		}
		document, fault := Load(string(encode(value)))
		if fault != nil {
			return nil, fault, true
		}
		objects = append(objects, document.Objects...)
	}
}

func encode(value any) []byte {
	converted, err := toJSONTypes(value)
	if err != nil {
		return []byte("null")
	}
	return AppendJSON(nil, converted)
}

var (
	commentLine = regexp.MustCompile(`(?m)^\s*#([^#].*?)$`)
	emptyLine   = regexp.MustCompile(`(?m)^\s*$`)
)

// hasContent asks whether anything is left without comments and blank lines. The patterns are Sveltos', with their quirks
// (a line of `##` is content); they are run only where no plain line answers at once, as Go's patterns are slow.
func hasContent(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return true
		}
	}
	return emptyLine.ReplaceAllString(commentLine.ReplaceAllString(text, ""), "") != ""
}

// shiftLines makes a position within a part one within the whole text.
func shiftLines(fault *operation.Fault, lines int) *operation.Fault {
	if fault.Line > 0 {
		fault.Line += lines
	}
	return fault
}
