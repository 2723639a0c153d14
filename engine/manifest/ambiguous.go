package manifest

import "strings"

// words read as null, booleans, merge keys and special floats in YAML 1.1 or 1.2, lower case.
var words = map[string]bool{
	"": true, "~": true, "null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "=": true, "<<": true,
	".nan": true, ".inf": true, "+.inf": true, "-.inf": true, "nan": true, "inf": true, "+inf": true, "-inf": true,
}

// readsAsOtherType tells whether plain text could be read as anything but a string by a reader of YAML 1.1 or 1.2. It errs
// on the side of quotes for what begins like a number, but leaves versions, addresses, quantities and digests plain.
func readsAsOtherType(text string) bool {
	if len(text) <= 5 && words[strings.ToLower(text)] {
		return true
	}
	if text[0] != '+' && text[0] != '-' && text[0] != '.' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	body := strings.TrimLeft(text, "+-")
	if body == "" || body[0] != '.' && (body[0] < '0' || body[0] > '9') {
		return false
	}
	return isBasedInteger(body) || isDecimal(body) || isTimestamp(body)
}

// isBasedInteger: 0x1F, 0o17, 0b1_0.
func isBasedInteger(text string) bool {
	if len(text) < 2 || text[0] != '0' || strings.IndexByte("xXoObB", text[1]) < 0 {
		return false
	}
	return strings.Trim(text[2:], "0123456789abcdefABCDEF_") == ""
}

// isDecimal: 1, 017, 1_000, 1.5, 1., .5, 1e3, 1.5E-3, 190:20:30 (base 60); at most one point.
func isDecimal(text string) bool {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(text), "e")
	if hasExponent && strings.Trim(strings.TrimLeft(exponent, "+-"), "0123456789_") != "" {
		return false
	}
	return strings.Trim(mantissa, "0123456789_,:.") == "" && strings.Count(mantissa, ".") <= 1
}

// isTimestamp: four digits, a hyphen, a digit: dates and times in all their forms.
func isTimestamp(text string) bool {
	if len(text) < 6 || text[4] != '-' {
		return false
	}
	return strings.Trim(text[:4], "0123456789") == "" && text[5] >= '0' && text[5] <= '9'
}
