// Package functions is sprig for a sandbox whose results must repeat: the one function map under Helm's and Sveltos'.
package functions

import (
	"crypto/rand"
	"math/big"
	"slices"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// Sprig is upstream's map but for what would make equal inputs give unequal outputs:
//   - keys and values follow Go's random order of maps; here they are sorted by key. Any order is upstream's.
//   - shuffle and randInt draw on math/rand, which the runtime seeds once; through crypto/rand the host answers and counts
//     each draw, as for all other random functions.
//   - now prints the monotonic clock too, which tells how long the engine has run; here it has none.
//   - env, expandenv and getHostByName would reach out of the sandbox; they give "".
func Sprig() template.FuncMap {
	functions := sprig.TxtFuncMap()
	functions["keys"] = keys
	functions["values"] = values
	functions["shuffle"] = shuffle
	functions["randInt"] = func(low, high int) int { return draw(high-low) + low }
	functions["now"] = func() time.Time { return time.Now().Round(0) }
	functions["env"] = func(string) string { return "" }
	functions["expandenv"] = func(string) string { return "" }
	functions["getHostByName"] = func(string) string { return "" }
	return functions
}

func keys(dicts ...map[string]any) []string {
	all := []string{}
	for _, dict := range dicts {
		all = append(all, sortedKeys(dict)...)
	}
	return all
}

func values(dict map[string]any) []any {
	all := []any{}
	for _, key := range sortedKeys(dict) {
		all = append(all, dict[key])
	}
	return all
}

func sortedKeys(dict map[string]any) []string {
	keys := make([]string, 0, len(dict))
	for key := range dict {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func shuffle(text string) string {
	runes := []rune(text)
	for index := len(runes) - 1; index > 0; index-- {
		other := draw(index + 1)
		runes[index], runes[other] = runes[other], runes[index]
	}
	return string(runes)
}

// draw is a number from 0 to below limit; it panics for a limit that is not positive, as math/rand's Intn does.
func draw(limit int) int {
	if limit <= 0 {
		panic("invalid argument to Intn")
	}
	number, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		panic(err)
	}
	return int(number.Int64())
}
