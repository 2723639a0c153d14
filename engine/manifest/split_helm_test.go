package manifest

import (
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestSplitHelmCutsAsHelmsExpression compares with the expression of Helm's SplitManifests.
func TestSplitHelmCutsAsHelmsExpression(t *testing.T) {
	separator := regexp.MustCompile(`(?m)^---[ \t]*`)
	pieces := []string{"---", "\n", "-", " ", "\t", "a: b", "\n---\n", "--- # c\n", "\r\n", "------", "\u00a0"}
	random := rand.New(rand.NewSource(1))
	for range 20000 {
		var text strings.Builder
		for range random.Intn(9) {
			text.WriteString(pieces[random.Intn(len(pieces))])
		}
		var expected []string
		for _, document := range separator.Split(strings.TrimLeftFunc(text.String(), unicode.IsSpace), -1) {
			if strings.TrimSpace(document) != "" {
				expected = append(expected, strings.TrimLeftFunc(document, unicode.IsSpace))
			}
		}
		if actual := SplitHelm(text.String()); !slices.Equal(actual, expected) {
			t.Fatalf("%q: %q, not %q", text.String(), actual, expected)
		}
	}
}
