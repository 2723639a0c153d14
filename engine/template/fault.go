package template

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

const templateName = "text"

var (
	position  = regexp.MustCompile(`^template: ` + templateName + `:(\d+)(?::(\d+))?: `)
	executing = regexp.MustCompile(`^executing "[^"]*" at `)
)

// faultOf takes the position out of text/template's message, which has no other form: a line for parse errors, line and
// 0-based byte column for errors of execution.
func faultOf(err error, name, text string) *operation.Fault {
	message := err.Error()
	fault := &operation.Fault{Kind: wire.KindTemplate, File: name}
	if match := position.FindStringSubmatch(message); match != nil {
		message = message[len(match[0]):]
		fault.Line, _ = strconv.Atoi(match[1])
		if column, err := strconv.Atoi(match[2]); err == nil {
			fault.Column = columnOf(text, fault.Line, column)
		}
	}
	fault.Message = strings.TrimPrefix(message, executing.FindString(message))
	return fault
}

// columnOf turns a byte offset within a line into a 1-based column of UTF-16 units.
func columnOf(text string, line, offset int) int {
	for number := 1; number < line; number++ {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			break
		}
		text = rest
	}
	return len(utf16.Encode([]rune(text[:min(offset, len(text))]))) + 1
}
