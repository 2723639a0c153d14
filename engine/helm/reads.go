package helm

import (
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// reads is all that the output of a template file can depend on, found by following its parse tree and those of what it
// includes. It may name more than is read, never less. Places are paths from the file's dot, keys joined by NUL.
type reads struct {
	// everything: the dot went where it cannot be followed, into a function or a text of unknown content.
	everything bool
	places     map[string]bool
	// truths are places of which only matters whether they are empty.
	truths map[string]bool
	// versions are the arguments of .Capabilities.APIVersions.Has.
	versions map[string]bool
	lookup   bool
	// expansions are texts from values that are executed as templates with a part of the dot.
	expansions []expansion

	// numbers are the places of all of it, without what is part of something else that is read, in a fixed order.
	numbers       []int
	askedVersions []string
}

// expansion is a call of `tpl`: when the values at the sources hold a brace, the text may read all that it is given.
type expansion struct {
	sources []string
	numbers []int
	given   *reads
}

// value is what is known of a value of a template: where in the dot it stands, a constant, a dict or list written in the
// template, or something made by functions whose arguments were noted as read.
type value struct {
	kind  valueKind
	place []string
	text  string
	// number: a constant that is no text; functions print those in their own ways.
	number  bool
	members map[string]value
	// sources are the places that a made value comes from; opaque: text of other origin is in it.
	sources []string
	opaque  bool
}

type valueKind int

const (
	made valueKind = iota
	placed
	constant
	composed
)

// maxIncludeDepth ends the pursuit of templates that include themselves with ever larger arguments.
const maxIncludeDepth = 64

// analysis follows one file.
type analysis struct {
	set   *template.Template
	file  *templateFile
	found *reads
	seen  map[string]bool
	depth int
}

func readsOf(set *template.Template, file *templateFile, numbered *places) *reads {
	follower := &analysis{set: set, file: file, found: newReads(), seen: map[string]bool{}}
	follower.template(file.name, value{kind: placed})
	follower.found.settle(file.chart, numbered)
	return follower.found
}

func (read *reads) settle(chart int, numbered *places) {
	read.askedVersions = sortedNames(read.versions)
	if read.everything {
		read.numbers = []int{numbered.number(chart, "", aboutAll)}
		return
	}
	last := ""
	for _, place := range sortedNames(read.places) {
		if last == "" || !strings.HasPrefix(place, last+"\x00") {
			last = place
			read.numbers = append(read.numbers, numbered.number(chart, place, aboutContent))
		}
	}
	for _, place := range sortedNames(read.truths) {
		if !read.places[place] {
			read.numbers = append(read.numbers, numbered.number(chart, place, aboutTruth))
		}
	}
	for index := range read.expansions {
		expansion := &read.expansions[index]
		for _, source := range expansion.sources {
			expansion.numbers = append(expansion.numbers, numbered.number(chart, source, aboutBraces))
		}
		expansion.given.settle(chart, numbered)
	}
}

func newReads() *reads {
	return &reads{places: map[string]bool{}, truths: map[string]bool{}, versions: map[string]bool{}}
}

// template follows a template that is executed with this dot.
func (follower *analysis) template(name string, dot value) {
	key := name + "\x01" + dot.key()
	if follower.seen[key] || follower.found.everything {
		return
	}
	follower.seen[key] = true
	target := follower.set.Lookup(name)
	if target == nil || target.Tree == nil {
		return
	}
	if follower.depth == maxIncludeDepth {
		follower.found.everything = true
		return
	}
	follower.depth++
	frame := &frame{follower, []variable{{"$", dot}}}
	frame.list(target.Root, dot)
	follower.depth--
}

// key tells apart what a template can be executed with.
func (known value) key() string {
	switch known.kind {
	case placed:
		return "p" + strings.Join(known.place, "\x00")
	case constant:
		return "c" + strconv.Quote(known.text)
	case composed:
		var key strings.Builder
		for _, name := range sortedNames(known.members) {
			key.WriteString(strconv.Quote(name) + known.members[name].key() + ",")
		}
		return "{" + key.String() + "}"
	}
	return "m"
}

func sortedNames[Value any](members map[string]Value) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// consume notes that all of a value is read, and gives what is made of it.
func (follower *analysis) consume(arguments ...value) value {
	result := value{}
	for _, argument := range arguments {
		switch argument.kind {
		case placed:
			follower.read(argument.place)
			result.sources = append(result.sources, placeKey(argument.place))
		case composed:
			for _, member := range argument.members {
				inner := follower.consume(member)
				result.sources, result.opaque = append(result.sources, inner.sources...), result.opaque || inner.opaque
			}
		case constant:
			result.opaque = result.opaque || strings.Contains(argument.text, "{")
		case made:
			result.sources, result.opaque = append(result.sources, argument.sources...), result.opaque || argument.opaque
		}
	}
	return result
}

func (follower *analysis) read(place []string) {
	if len(place) == 0 {
		follower.found.everything = true
		return
	}
	follower.found.places[placeKey(place)] = true
}

// test notes that only the truth of a value is read.
func (follower *analysis) test(tested value) {
	// The dot itself is never empty, what is made was read, and a dict in the template is filled by the template.
	if tested.kind == placed && len(tested.place) > 0 {
		follower.found.truths[placeKey(tested.place)] = true
	}
}

func placeKey(place []string) string { return strings.Join(place, "\x00") }

// field goes down from a value.
func (known value) field(names ...string) value {
	for _, name := range names {
		switch known.kind {
		case placed:
			known = value{kind: placed, place: append(slices.Clip(known.place), name)}
		case composed:
			// A member that is not there was put there by `set`, whose arguments were consumed.
			member, found := known.members[name]
			if !found {
				member = value{opaque: true}
			}
			known = member
		case constant, made:
			known = value{sources: known.sources, opaque: true}
		}
	}
	return known
}

// frame is a template that is being followed.
type frame struct {
	*analysis
	variables []variable
}

type variable struct {
	name  string
	value value
}

func (frame *frame) list(list *parse.ListNode, dot value) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		frame.node(node, dot)
	}
}

func (frame *frame) node(node parse.Node, dot value) {
	switch node := node.(type) {
	case *parse.ActionNode:
		printed := frame.pipe(node.Pipe, dot)
		if len(node.Pipe.Decl) == 0 {
			frame.consume(printed)
		}
	case *parse.IfNode:
		frame.scoped(func() {
			frame.condition(node.Pipe, dot)
			frame.branches(&node.BranchNode, dot, dot)
		})
	case *parse.WithNode:
		frame.scoped(func() {
			subject := frame.pipe(node.Pipe, dot)
			frame.test(subject)
			frame.branches(&node.BranchNode, subject, dot)
		})
	case *parse.RangeNode:
		frame.scoped(func() {
			element := frame.consume(frame.commands(node.Pipe, dot))
			for _, declared := range node.Pipe.Decl {
				frame.bind(node.Pipe.IsAssign, declared.Ident[0], element)
			}
			frame.branches(&node.BranchNode, element, dot)
		})
	case *parse.TemplateNode:
		argument := value{}
		if node.Pipe != nil {
			argument = frame.pipe(node.Pipe, dot)
		}
		frame.template(node.Name, argument)
	}
}

func (frame *frame) branches(node *parse.BranchNode, inner, outer value) {
	frame.scoped(func() { frame.list(node.List, inner) })
	frame.scoped(func() { frame.list(node.ElseList, outer) })
}

func (frame *frame) scoped(body func()) {
	mark := len(frame.variables)
	body()
	frame.variables = frame.variables[:mark]
}

// bind declares or assigns a variable. What an assigned one holds depends on which branches run, so that all of it counts
// as read.
func (frame *frame) bind(assign bool, name string, bound value) {
	if !assign {
		frame.variables = append(frame.variables, variable{name, bound})
		return
	}
	for place := len(frame.variables) - 1; place >= 0; place-- {
		if known := &frame.variables[place]; known.name == name {
			known.value = frame.consume(known.value, bound)
			return
		}
	}
}

func (frame *frame) variable(name string) value {
	for place := len(frame.variables) - 1; place >= 0; place-- {
		if frame.variables[place].name == name {
			return frame.variables[place].value
		}
	}
	return value{}
}

func (frame *frame) pipe(pipe *parse.PipeNode, dot value) value {
	result := frame.commands(pipe, dot)
	for _, declared := range pipe.Decl {
		frame.bind(pipe.IsAssign, declared.Ident[0], result)
	}
	return result
}

func (frame *frame) commands(pipe *parse.PipeNode, dot value) value {
	var piped []value
	for _, command := range pipe.Cmds {
		piped = []value{frame.command(command, dot, piped)}
	}
	return piped[0]
}

func (frame *frame) command(command *parse.CommandNode, dot value, piped []value) value {
	arguments := func() []value {
		values := make([]value, 0, len(command.Args))
		for _, argument := range command.Args[1:] {
			values = append(values, frame.argument(argument, dot))
		}
		return append(values, piped...)
	}
	if function, isCall := command.Args[0].(*parse.IdentifierNode); isCall {
		return frame.call(function.Ident, arguments())
	}
	subject := frame.argument(command.Args[0], dot)
	if len(command.Args) == 1 && len(piped) == 0 {
		return subject
	}
	return frame.method(subject, arguments())
}

func (frame *frame) argument(node parse.Node, dot value) value {
	switch node := node.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return dot.field(node.Ident...)
	case *parse.VariableNode:
		return frame.variable(node.Ident[0]).field(node.Ident[1:]...)
	case *parse.ChainNode:
		return frame.argument(node.Node, dot).field(node.Field...)
	case *parse.PipeNode:
		return frame.pipe(node, dot)
	case *parse.IdentifierNode:
		return frame.call(node.Ident, nil)
	case *parse.StringNode:
		return value{kind: constant, text: node.Text}
	case *parse.NumberNode:
		return value{kind: constant, text: node.Text, number: true}
	}
	return value{}
}
