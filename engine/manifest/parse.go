package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"go.yaml.in/yaml/v2"
)

// Parse reads one document as Kubernetes does (sigs.k8s.io/yaml: YAML 1.1, of equal keys the last wins, JSON as it is), but
// with exact integers: int64, uint64 beyond that, float64 for all other numbers, map[string]any, []any, string, bool, nil.
func Parse(text string) (any, *operation.Fault) {
	if value, isJSON := parseJSON(text); isJSON {
		return value, nil
	}
	var value any
	if err := unmarshal(text, &value); err != nil {
		return nil, yamlFault(text, err)
	}
	value, err := toJSONTypes(value)
	if err != nil {
		return nil, &operation.Fault{Kind: wire.KindYAML, Message: err.Error()}
	}
	return value, nil
}

// unmarshal reads the one document of a text. Kubernetes reads the first of several and drops what follows it (after a
// `...`, or behind the brace of a JSON object): losing objects silently is worse than to refuse them. A panic of the YAML
// package must not end the instance: it is the text's fault.
func unmarshal(text string, value *any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("yaml: %v", cause)
		}
	}()
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(value); err != nil {
		if err == io.EOF {
			return nil
		}
		return err
	}
	var next any
	switch err := decoder.Decode(&next); {
	case err == io.EOF, err == nil && next == nil:
		return nil
	case err == nil:
		return fmt.Errorf("yaml: another document follows without a line `---` between them")
	default:
		return err
	}
}

// parseJSON reads a text that is one JSON object. YAML would read most of them alike, but not all escapes.
func parseJSON(text string) (any, bool) {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, false
	}
	value, err := toJSONTypes(value)
	return value, err == nil
}

// ParseJSON reads exactly one JSON value.
func ParseJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the JSON value at offset %d", decoder.InputOffset())
	}
	return toJSONTypes(value)
}

func toJSONTypes(value any) (any, error) {
	switch value := value.(type) {
	case map[any]any:
		return toStringMap(value)
	case map[string]any:
		for key, child := range value {
			converted, err := toJSONTypes(child)
			if err != nil {
				return nil, err
			}
			value[key] = converted
		}
		return value, nil
	case []any:
		for index, child := range value {
			converted, err := toJSONTypes(child)
			if err != nil {
				return nil, err
			}
			value[index] = converted
		}
		return value, nil
	case string:
		return strings.ToValidUTF8(value, "\uFFFD"), nil
	case int:
		return int64(value), nil
	case int64, bool, nil:
		return value, nil
	case uint64:
		if value <= math.MaxInt64 {
			return int64(value), nil
		}
		return value, nil
	case float64:
		return wholeNumber(value)
	case json.Number:
		return fromNumber(value)
	}
	return nil, fmt.Errorf("unsupported value of type %T", value)
}

func toStringMap(value map[any]any) (any, error) {
	result := make(map[string]any, len(value))
	for key, child := range value {
		name, err := keyText(key)
		if err != nil {
			return nil, err
		}
		// `true: a` and `"true": b` are two keys for YAML and one for JSON; the string wins, whatever the map's order.
		if _, taken := result[name]; taken {
			if _, isText := key.(string); !isText {
				continue
			}
		}
		if result[name], err = toJSONTypes(child); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// keyText is sigs.k8s.io/yaml's way of making a JSON key of a YAML one, single precision of floats included.
func keyText(key any) (string, error) {
	switch key := key.(type) {
	case string:
		return strings.ToValidUTF8(key, "\uFFFD"), nil
	case int:
		return strconv.Itoa(key), nil
	case int64:
		return strconv.FormatInt(key, 10), nil
	case bool:
		return strconv.FormatBool(key), nil
	case float64:
		switch text := strconv.FormatFloat(key, 'g', -1, 32); text {
		case "+Inf":
			return ".inf", nil
		case "-Inf":
			return "-.inf", nil
		case "NaN":
			return ".nan", nil
		default:
			return text, nil
		}
	}
	return "", fmt.Errorf("unsupported map key: %v", key)
}

// wholeNumber makes 1.0 the integer that JSON and Kubernetes make of it.
func wholeNumber(value float64) (any, error) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return nil, fmt.Errorf("%v is no value of JSON", value)
	}
	if value == math.Trunc(value) {
		if value >= -(1<<63) && value < 1<<63 {
			return int64(value), nil
		}
		if value >= 0 && value < 1<<64 {
			return uint64(value), nil
		}
	}
	return value, nil
}

func fromNumber(number json.Number) (any, error) {
	if whole, err := strconv.ParseInt(string(number), 10, 64); err == nil {
		return whole, nil
	}
	if whole, err := strconv.ParseUint(string(number), 10, 64); err == nil {
		return whole, nil
	}
	value, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return nil, err
	}
	return wholeNumber(value)
}

var (
	yamlLine = regexp.MustCompile(`^line (\d+): `)
	// syntaxError begins the messages of the YAML package's scanner and parser, which tell no line when it is the first.
	syntaxError = regexp.MustCompile(`^(did not find|could not find|found|mapping values|block) `)
)

// yamlFault takes the position out of the YAML package's message, which has no other form. Faults that its parser finds
// (rather than its scanner) all begin with "did not find expected" and carry the line before the one that they mean; the
// column is that of the line's first character, as the package tells none.
func yamlFault(text string, err error) *operation.Fault {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	fault := &operation.Fault{Kind: wire.KindYAML}
	if match := yamlLine.FindStringSubmatch(message); match != nil {
		message = message[len(match[0]):]
		fault.Line, _ = strconv.Atoi(match[1])
		if strings.HasPrefix(message, "did not find expected") {
			fault.Line++
		}
	} else if syntaxError.MatchString(message) {
		fault.Line = 1
	}
	fault.Message = message
	if fault.Line > 0 {
		lines := strings.Split(text, "\n")
		fault.Line = min(fault.Line, len(lines))
		line := lines[fault.Line-1]
		fault.Column = len(line) - len(strings.TrimLeft(line, " ")) + 1
	}
	return fault
}
