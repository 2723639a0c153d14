package manifest

import (
	"strings"
	"unicode"

	"fleetwright.dev/engine/operation"
)

// Part is one document of a stream and where it stands in it, in bytes.
type Part struct {
	Start, End int
	Text       string
	// Fault is set for a part whose separator Kubernetes refuses.
	Fault *operation.Fault
}

// Split cuts a stream as Kubernetes' YAML reader does: a line that begins with `---` ends a document; nothing but blanks and
// a comment may follow on it (`----` and `---kind: X` are faults, as `--- {a: b}` is, which YAML itself would allow). Parts
// do not hold the separators; a stream without any is one part. Blank parts are given too.
func Split(text string) []Part {
	var parts []Part
	start := 0
	var fault *operation.Fault
	for lineStart := 0; lineStart < len(text); {
		lineEnd, next := len(text), len(text)
		if length := strings.IndexByte(text[lineStart:], '\n'); length >= 0 {
			lineEnd, next = lineStart+length, lineStart+length+1
		}
		if rest, isSeparator := strings.CutPrefix(text[lineStart:lineEnd], "---"); isSeparator {
			if lineStart > 0 {
				parts = append(parts, Part{Start: start, End: lineStart, Text: text[start:lineStart], Fault: fault})
			}
			start, fault = next, separatorFault(rest, text[:lineStart])
		}
		lineStart = next
	}
	return append(parts, Part{Start: start, End: len(text), Text: text[start:], Fault: fault})
}

func separatorFault(rest, before string) *operation.Fault {
	rest = strings.TrimSpace(rest)
	if rest == "" || rest[0] == '#' {
		return nil
	}
	fault := notAnObject("only a comment may follow `---` on its line, found: " + rest)
	fault.Line, fault.Column = strings.Count(before, "\n")+1, 4
	return fault
}

// SplitHelm cuts the output of a template as Helm does, which lets `---apiVersion: v1` pass: blank documents are dropped and
// blanks before a document cut off. Helm uses the regular expression `(?m)^---[ \t]*`, which takes longer than all the rest
// of a render whose documents are known.
func SplitHelm(text string) []string {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	var documents []string
	add := func(document string) {
		if document = strings.TrimLeftFunc(document, unicode.IsSpace); document != "" {
			documents = append(documents, document)
		}
	}
	start, separator := 0, -1
	if strings.HasPrefix(text, "---") {
		separator = 0
	}
	for {
		if separator < 0 {
			length := strings.Index(text[start:], "\n---")
			if length < 0 {
				add(text[start:])
				return documents
			}
			separator = start + length + 1
		}
		add(text[start:separator])
		start = separator + len("---")
		for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
			start++
		}
		separator = -1
	}
}
