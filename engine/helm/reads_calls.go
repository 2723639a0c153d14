package helm

import (
	"strconv"
	"strings"
	"text/template/parse"
)

// condition follows what decides a branch: of what `not`, `and` and `or` are given there, only the truth is read.
func (frame *frame) condition(pipe *parse.PipeNode, dot value) {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 {
		frame.test(frame.pipe(pipe, dot))
		return
	}
	command := pipe.Cmds[0]
	function, isCall := command.Args[0].(*parse.IdentifierNode)
	if !isCall || !testsTruth[function.Ident] {
		frame.test(frame.pipe(pipe, dot))
		return
	}
	for _, argument := range command.Args[1:] {
		if nested, isPipe := argument.(*parse.PipeNode); isPipe {
			frame.condition(nested, dot)
		} else {
			frame.test(frame.argument(argument, dot))
		}
	}
}

var testsTruth = map[string]bool{"not": true, "and": true, "or": true, "empty": true}

// method follows a call of what is no function: `.Files.Get "x"`, `.Capabilities.APIVersions.Has "batch/v1"`.
func (frame *frame) method(subject value, arguments []value) value {
	if subject.kind == placed && len(arguments) == 1 && arguments[0].kind == constant &&
		placeKey(subject.place) == "Capabilities\x00APIVersions\x00Has" {
		frame.found.versions[arguments[0].text] = true
		return value{}
	}
	result := frame.consume(append(arguments, subject)...)
	result.opaque = true
	return result
}

// call follows a function.
func (frame *frame) call(name string, arguments []value) value {
	switch name {
	case "include":
		return frame.include(arguments)
	case "tpl":
		return frame.expand(arguments)
	case "lookup":
		frame.found.lookup = true
		frame.consume(arguments...)
		return value{opaque: true}
	case "not", "empty":
		for _, argument := range arguments {
			frame.test(argument)
		}
		return value{}
	case "index", "get", "hasKey":
		if len(arguments) > 1 {
			if below, found := goDown(arguments[0], arguments[1:]); found {
				if name == "hasKey" {
					return frame.consume(below)
				}
				return below
			}
		}
	case "dict":
		if members, constantKeys := pairs(arguments); constantKeys {
			return value{kind: composed, members: members}
		}
	case "list", "tuple":
		members := map[string]value{}
		for place, argument := range arguments {
			members[strconv.Itoa(place)] = argument
		}
		return value{kind: composed, members: members}
	case "print":
		if text, found := frame.concatenated(arguments); found {
			return value{kind: constant, text: text}
		}
	case "printf":
		if text, found := frame.formatted(arguments); found {
			return value{kind: constant, text: text}
		}
	}
	return frame.consume(arguments...)
}

// include follows a template that is named by a constant; any other may be any template, and read all of what it is given.
func (frame *frame) include(arguments []value) value {
	if len(arguments) != 2 {
		return value{opaque: true}
	}
	name, found := frame.constantText(arguments[0])
	if !found {
		frame.consume(arguments...)
		return value{opaque: true}
	}
	frame.template(name, arguments[1])
	return value{opaque: true}
}

// expand follows `tpl`.
func (frame *frame) expand(arguments []value) value {
	if len(arguments) != 2 {
		return value{opaque: true}
	}
	text := frame.consume(arguments[0])
	if text.opaque {
		frame.consume(arguments[1])
	} else if arguments[1].kind == placed || arguments[1].kind == composed {
		given := &analysis{found: newReads()}
		given.consume(arguments[1])
		frame.found.expansions = append(frame.found.expansions, expansion{sources: text.sources, given: given.found})
	}
	return value{sources: text.sources, opaque: true}
}

// goDown follows constant keys.
func goDown(subject value, keys []value) (value, bool) {
	if subject.kind != placed && subject.kind != composed {
		return value{}, false
	}
	for _, key := range keys {
		if key.kind != constant {
			return value{}, false
		}
		subject = subject.field(key.text)
	}
	return subject, true
}

// pairs are the members of a `dict` with constant keys.
func pairs(arguments []value) (map[string]value, bool) {
	members := map[string]value{}
	if len(arguments)%2 != 0 {
		return nil, false
	}
	for place := 0; place < len(arguments); place += 2 {
		if arguments[place].kind != constant {
			return nil, false
		}
		members[arguments[place].text] = arguments[place+1]
	}
	return members, true
}

// constantText is the text of a constant, or what the executed file is called: `include (print $.Template.BasePath
// "/configmap.yaml") .` is the usual way to a checksum.
func (frame *frame) constantText(known value) (string, bool) {
	switch {
	case known.kind == constant:
		return known.text, !known.number
	case known.kind == placed && placeKey(known.place) == "Template\x00BasePath":
		return frame.file.basePath, true
	case known.kind == placed && placeKey(known.place) == "Template\x00Name":
		return frame.file.name, true
	}
	return "", false
}

// concatenated is what `print` makes of texts; it puts no blanks between texts.
func (frame *frame) concatenated(arguments []value) (string, bool) {
	var all strings.Builder
	for _, argument := range arguments {
		text, found := frame.constantText(argument)
		if !found {
			return "", false
		}
		all.WriteString(text)
	}
	return all.String(), true
}

// formatted is what `printf` makes of a format with %s alone.
func (frame *frame) formatted(arguments []value) (string, bool) {
	if len(arguments) == 0 || arguments[0].kind != constant {
		return "", false
	}
	pieces := strings.Split(arguments[0].text, "%s")
	if len(pieces) != len(arguments) || strings.Contains(strings.Join(pieces, ""), "%") {
		return "", false
	}
	all := pieces[0]
	for place, argument := range arguments[1:] {
		text, found := frame.constantText(argument)
		if !found {
			return "", false
		}
		all += text + pieces[place+1]
	}
	return all, true
}
