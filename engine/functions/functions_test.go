package functions

import (
	"slices"
	"strings"
	"testing"
	"text/template"
)

func execute(t *testing.T, text string) string {
	t.Helper()
	parsed, err := template.New("test").Funcs(Sprig()).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestKeysAndValuesAreSortedByKey(t *testing.T) {
	text := `{{ $d := dict "c" 1 "a" 2 "b" 3 }}{{ keys $d (dict "z" 0) | join "," }} {{ values $d | join "," }}`
	for range 20 {
		if got := execute(t, text); got != "a,b,c,z 2,3,1" {
			t.Fatalf("got %q", got)
		}
	}
}

func TestShuffleKeepsTheRunes(t *testing.T) {
	got := []rune(execute(t, `{{ shuffle "aäbc" }}`))
	slices.Sort(got)
	if string(got) != "abcä" {
		t.Fatalf("got %q", string(got))
	}
}

func TestRandIntStaysInItsRange(t *testing.T) {
	for range 50 {
		if got := execute(t, `{{ randInt 3 5 }}`); got != "3" && got != "4" {
			t.Fatalf("got %q", got)
		}
	}
}

func TestTheSandboxHasNoEnvironmentAndNoNetwork(t *testing.T) {
	t.Setenv("FLEETWRIGHT_TEST", "leak")
	if got := execute(t, `{{ env "FLEETWRIGHT_TEST" }}{{ expandenv "$FLEETWRIGHT_TEST" }}{{ getHostByName "localhost" }}`); got != "" {
		t.Fatalf("got %q", got)
	}
}

func TestNowHasNoMonotonicReading(t *testing.T) {
	if got := execute(t, `{{ now }}`); strings.Contains(got, "m=") {
		t.Fatalf("got %q", got)
	}
}
