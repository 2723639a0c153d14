package helm

import (
	"errors"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf16"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// parseFault is the fault of a template that does not parse. The parser's errors have no type; they are
// "template: NAME:LINE: MESSAGE" of a name that is known.
func parseFault(name string, err error) *operation.Fault {
	fault := &operation.Fault{Kind: wire.KindTemplate, Message: err.Error(), File: inChart(name)}
	if position, found := strings.CutPrefix(err.Error(), "template: "+name+":"); found {
		if line, message, found := strings.Cut(position, ": "); found {
			if number, err := strconv.Atoi(line); err == nil {
				fault.Line, fault.Message = number, message
			}
		}
	}
	return fault
}

// executionFault is the fault of a template that failed. Each template under way wraps what it included, so that the chain
// of errors is the chain of includes, outermost first; the deepest place in a file of the chart is where the fault lies.
func (parsed *shape) executionFault(name string, err error) *operation.Fault {
	fault := &operation.Fault{Kind: wire.KindTemplate, File: inChart(name)}
	message := err.Error()
	for current := err; current != nil; current = errors.Unwrap(current) {
		var failed template.ExecError
		var words *refusal
		switch typed := current.(type) { //nolint:errorlint // each link of the chain is looked at on its own
		case template.ExecError:
			failed = typed
		case *refusal:
			words = typed
		}
		if words != nil {
			message = words.message
			break
		}
		if failed.Err == nil {
			continue
		}
		frame, file, rest := parsed.frameOf(failed)
		message = rest
		fault.Includes = append(fault.Includes, frame)
		if file != rootName {
			fault.File, fault.Line, fault.Column = inChart(file), frame.Line, frame.Column
		}
	}
	fault.Message = message
	fault.Includes = withoutMiddle(fault.Includes)
	return fault
}

// maxFrames bounds the chain of includes that is told; a template that includes itself makes it a thousand long.
const maxFrames = 24

func withoutMiddle(frames []wire.Frame) []wire.Frame {
	if len(frames) <= maxFrames {
		return frames
	}
	return append(frames[:maxFrames/2:maxFrames/2], frames[len(frames)-maxFrames/2:]...)
}

// frameOf reads the place of an execution error, whose text begins with
// `template: FILE:LINE:COLUMN: executing "NAME" at <CONTEXT>: `, or with `template: NAME: ` when no node is to blame.
func (parsed *shape) frameOf(failed template.ExecError) (frame wire.Frame, file, message string) {
	frame.Template = failed.Name
	text := strings.TrimPrefix(failed.Err.Error(), "template: ")
	place, rest, found := strings.Cut(text, ": executing "+strconv.Quote(failed.Name)+" at <")
	if !found {
		return frame, rootName, strings.TrimPrefix(text, failed.Name+": ")
	}
	_, message, found = strings.Cut(rest, ">: ")
	if !found {
		message = rest
	}
	file = place
	if head, number, found := cutNumber(place); found {
		column := number
		if head, number, found = cutNumber(head); found {
			file, frame.Line = head, number
			frame.Column = parsed.columnOf(file, frame.Line, column)
		}
	}
	return frame, file, message
}

func cutNumber(text string) (head string, number int, found bool) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		return text, 0, false
	}
	number, err := strconv.Atoi(text[colon+1:])
	return text[:colon], number, err == nil
}

// columnOf turns text/template's column (bytes before) into a 1-based one of UTF-16 units.
func (parsed *shape) columnOf(file string, line, bytesBefore int) int {
	text := parsed.texts[file]
	for ; line > 1; line-- {
		end := strings.IndexByte(text, '\n')
		if end < 0 {
			return bytesBefore + 1
		}
		text = text[end+1:]
	}
	if bytesBefore > len(text) {
		return bytesBefore + 1
	}
	column := 1
	for _, char := range text[:bytesBefore] {
		column += utf16.RuneLen(char)
	}
	return column
}

// inChart is a template's path within its chart's folder; helm's names begin with the chart's name.
func inChart(name string) string {
	_, path, _ := strings.Cut(name, "/")
	return path
}
