package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Print gives the canonical YAML of a value of Parse's types: block style, keys sorted by their bytes, lists not indented,
// lines never folded, text of several lines as literal block. Equal values give equal bytes, and readers of YAML 1.1 and
// 1.2 both read the same value back. The look is that of sigs.k8s.io/yaml (and so of kubectl), whose own printer is not
// used because it folds long lines, sorts keys by a "natural" order that is no order, and escapes tabs and emoji.
func Print(value any) []byte {
	printer := printer{out: make([]byte, 0, 1024)}
	switch value := value.(type) {
	case map[string]any:
		if len(value) > 0 {
			printer.mapping(value, 0, false)
			return printer.out
		}
	case []any:
		if len(value) > 0 {
			printer.sequence(value, 0, false)
			return printer.out
		}
	}
	printer.flowValue(value)
	printer.out = append(printer.out, '\n')
	return printer.out
}

// maxSimpleKey is a little less than what YAML allows an implicit key to be: 1,024 characters.
const maxSimpleKey = 1000

type printer struct {
	out []byte
}

func (printer *printer) indent(width int) {
	for range width {
		printer.out = append(printer.out, ' ')
	}
}

// mapping prints a mapping that is not empty; inline: its first key continues the line of a "- ".
func (printer *printer) mapping(fields map[string]any, indent int, inline bool) {
	for place, key := range sortedKeys(fields) {
		if place > 0 || !inline {
			printer.indent(indent)
		}
		start := len(printer.out)
		printer.scalar(key)
		if len(printer.out)-start > maxSimpleKey {
			printer.out = slices.Insert(printer.out, start, '?', ' ')
			printer.out = append(printer.out, '\n')
			printer.indent(indent)
		}
		printer.out = append(printer.out, ':')
		printer.mappingValue(fields[key], indent)
	}
}

func (printer *printer) mappingValue(value any, indent int) {
	switch value := value.(type) {
	case map[string]any:
		if len(value) > 0 {
			printer.out = append(printer.out, '\n')
			printer.mapping(value, indent+2, false)
			return
		}
	case []any:
		if len(value) > 0 {
			printer.out = append(printer.out, '\n')
			printer.sequence(value, indent, false)
			return
		}
	}
	printer.out = append(printer.out, ' ')
	printer.leaf(value, indent+2)
}

func (printer *printer) sequence(items []any, indent int, inline bool) {
	for place, item := range items {
		if place > 0 || !inline {
			printer.indent(indent)
		}
		printer.out = append(printer.out, "- "...)
		switch item := item.(type) {
		case map[string]any:
			if len(item) > 0 {
				printer.mapping(item, indent+2, true)
				continue
			}
		case []any:
			if len(item) > 0 {
				printer.sequence(item, indent+2, true)
				continue
			}
		}
		printer.leaf(item, indent+2)
	}
}

// leaf ends a line with a value that has no children, or with a literal block at that indentation.
func (printer *printer) leaf(value any, indent int) {
	if text, isText := value.(string); isText && fitsLiteral(text) {
		printer.literal(text, indent)
		return
	}
	printer.flowValue(value)
	printer.out = append(printer.out, '\n')
}

func (printer *printer) flowValue(value any) {
	switch value := value.(type) {
	case nil:
		printer.out = append(printer.out, "null"...)
	case bool:
		printer.out = strconv.AppendBool(printer.out, value)
	case int64:
		printer.out = strconv.AppendInt(printer.out, value, 10)
	case uint64:
		printer.out = strconv.AppendUint(printer.out, value, 10)
	case float64:
		printer.out = appendFloat(printer.out, value, true)
	case string:
		printer.scalar(value)
	case map[string]any:
		printer.out = append(printer.out, "{}"...)
	case []any:
		printer.out = append(printer.out, "[]"...)
	default:
		panic(fmt.Sprintf("no value of a Kubernetes object: %T", value))
	}
}

// appendFloat prints as JSON does. For YAML 1.1 readers an exponent needs a point before it (and a sign, which is there).
func appendFloat(out []byte, value float64, forYAML bool) []byte {
	size := math.Abs(value)
	if size < 1e21 && size >= 1e-6 || size == 0 {
		return strconv.AppendFloat(out, value, 'f', -1, 64)
	}
	text := strconv.FormatFloat(value, 'e', -1, 64)
	digits, exponent, _ := strings.Cut(text, "e")
	if forYAML && !strings.Contains(digits, ".") {
		digits += ".0"
	}
	return append(out, digits+"e"+exponent...)
}

// literal prints text of several lines. The width of the indentation is told when the first line with text begins with a
// blank, since readers would otherwise count that as indentation.
func (printer *printer) literal(text string, indent int) {
	printer.out = append(printer.out, '|')
	if start := strings.TrimLeft(text, "\n"); start[0] == ' ' || start[0] == '\t' {
		printer.out = append(printer.out, '2')
	}
	switch {
	case !strings.HasSuffix(text, "\n"):
		printer.out = append(printer.out, '-')
	case strings.HasSuffix(text, "\n\n"):
		printer.out = append(printer.out, '+')
	}
	printer.out = append(printer.out, '\n')
	for line := range strings.Lines(text) {
		if line != "\n" {
			printer.indent(indent)
		}
		printer.out = append(printer.out, line...)
	}
	if !strings.HasSuffix(text, "\n") {
		printer.out = append(printer.out, '\n')
	}
}

// fitsLiteral tells whether text reads the same from a literal block in every reader: several lines, nothing that must be
// escaped, and no line of blanks alone, about whose end readers differ.
func fitsLiteral(text string) bool {
	if !strings.Contains(text, "\n") {
		return false
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && strings.Trim(line, " \t") == "" {
			return false
		}
		if !isPrintable(line) {
			return false
		}
	}
	return strings.Trim(text, "\n") != ""
}

// isPrintable: what may stand in YAML as it is. Tabs may, in blocks; the line ends of YAML 1.1 beyond \n may not.
func isPrintable(text string) bool {
	for _, char := range text {
		switch {
		case char == '\t', char >= 0x20 && char < 0x7f:
		case char < 0xa0, char == 0x2028, char == 0x2029, char == 0xfeff, char == 0xfffe, char == 0xffff:
			return false
		}
	}
	return true
}

// scalar prints text within one line: plain where no reader can take it for something else, in double quotes where it
// reads like another type or needs escapes, else in single quotes.
func (printer *printer) scalar(text string) {
	switch {
	case strings.ContainsAny(text, "\n\t") || !isPrintable(text) || readsAsOtherType(text):
		printer.doubleQuoted(text)
	case needsQuotes(text):
		printer.out = append(printer.out, '\'')
		printer.out = append(printer.out, strings.ReplaceAll(text, "'", "''")...)
		printer.out = append(printer.out, '\'')
	default:
		printer.out = append(printer.out, text...)
	}
}

func needsQuotes(text string) bool {
	first := text[0]
	if strings.IndexByte(" ,[]{}#&*!|>'\"%@`", first) >= 0 || text[len(text)-1] == ' ' || text[len(text)-1] == ':' {
		return true
	}
	if (first == '-' || first == '?' || first == ':') && (len(text) == 1 || text[1] == ' ') {
		return true
	}
	return strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") ||
		strings.Contains(text, ": ") || strings.Contains(text, " #")
}

func (printer *printer) doubleQuoted(text string) {
	out := append(printer.out, '"')
	for start, char := range text {
		switch {
		case char == '"' || char == '\\':
			out = append(out, '\\', byte(char))
		case char == '\n':
			out = append(out, `\n`...)
		case char == '\t':
			out = append(out, `\t`...)
		case char == '\r':
			out = append(out, `\r`...)
		case char < 0x20 || char >= 0x7f && char < 0xa0:
			out = fmt.Appendf(out, `\x%02X`, char)
		case char == 0x2028 || char == 0x2029 || char == 0xfeff || char == 0xfffe || char == 0xffff:
			out = fmt.Appendf(out, `\u%04X`, char)
		default:
			out = append(out, text[start:start+utf8.RuneLen(char)]...)
		}
	}
	printer.out = append(out, '"')
}

func sortedKeys(fields map[string]any) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// AppendJSON appends canonical JSON: keys sorted, no blanks, integers exact, nothing escaped that need not be.
func AppendJSON(out []byte, value any) []byte {
	switch value := value.(type) {
	case map[string]any:
		out = append(out, '{')
		for place, key := range sortedKeys(value) {
			if place > 0 {
				out = append(out, ',')
			}
			out = appendJSONText(out, key)
			out = append(out, ':')
			out = AppendJSON(out, value[key])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for place, item := range value {
			if place > 0 {
				out = append(out, ',')
			}
			out = AppendJSON(out, item)
		}
		return append(out, ']')
	case string:
		return appendJSONText(out, value)
	case float64:
		return appendFloat(out, value, false)
	case int64:
		return strconv.AppendInt(out, value, 10)
	case uint64:
		return strconv.AppendUint(out, value, 10)
	case bool:
		return strconv.AppendBool(out, value)
	case nil:
		return append(out, "null"...)
	}
	panic(fmt.Sprintf("no value of a Kubernetes object: %T", value))
}

func appendJSONText(out []byte, text string) []byte {
	out = append(out, '"')
	plainFrom := 0
	for place := range len(text) {
		char := text[place]
		if char >= 0x20 && char != '"' && char != '\\' {
			continue
		}
		out = append(out, text[plainFrom:place]...)
		plainFrom = place + 1
		switch char {
		case '"', '\\':
			out = append(out, '\\', char)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			out = fmt.Appendf(out, `\u%04x`, char)
		}
	}
	return append(append(out, text[plainFrom:]...), '"')
}
