package helm

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// durationFunctions are upstream's helpers of helm 4.3 (pkg/engine/funcs.go, not exported there). Those that fail give 0.
var durationFunctions = template.FuncMap{
	"mustToDuration": func(value any) time.Duration {
		duration, err := asDuration(value)
		if err != nil {
			panic(err)
		}
		return duration
	},
	"durationSeconds":      func(value any) float64 { return durationOrZero(value).Seconds() },
	"durationMilliseconds": func(value any) int64 { return durationOrZero(value).Milliseconds() },
	"durationMicroseconds": func(value any) int64 { return durationOrZero(value).Microseconds() },
	"durationNanoseconds":  func(value any) int64 { return durationOrZero(value).Nanoseconds() },
	"durationMinutes":      func(value any) float64 { return durationOrZero(value).Minutes() },
	"durationHours":        func(value any) float64 { return durationOrZero(value).Hours() },
	"durationDays":         func(value any) float64 { return durationOrZero(value).Hours() / 24.0 },
	"durationWeeks":        func(value any) float64 { return durationOrZero(value).Hours() / 24.0 / 7.0 },
	"durationRoundTo": func(value, multiple any) time.Duration {
		return withMultiple(value, multiple, time.Duration.Round)
	},
	"durationTruncateTo": func(value, multiple any) time.Duration {
		return withMultiple(value, multiple, time.Duration.Truncate)
	},
}

func durationOrZero(value any) time.Duration {
	duration, err := asDuration(value)
	if err != nil {
		return 0
	}
	return duration
}

func withMultiple(value, multiple any, adjust func(time.Duration, time.Duration) time.Duration) time.Duration {
	duration, err := asDuration(value)
	if err != nil {
		return 0
	}
	unit, err := asDuration(multiple)
	if err != nil {
		return duration
	}
	return adjust(duration, unit)
}

// asDuration reads durations, texts such as "1h2m3s", and numbers or numeric texts as seconds.
func asDuration(value any) (time.Duration, error) {
	switch value := value.(type) {
	case time.Duration:
		return value, nil
	case string:
		return parseDuration(value)
	case nil:
		return 0, errors.New("invalid duration")
	}
	reflected := reflect.ValueOf(value)
	switch {
	case reflected.CanInt():
		return fromWholeSeconds(reflected.Int())
	case reflected.CanUint():
		if reflected.Uint() > math.MaxInt64 {
			return 0, fmt.Errorf("duration seconds overflow: %d", reflected.Uint())
		}
		return fromWholeSeconds(int64(reflected.Uint()))
	case reflected.CanFloat():
		return fromSeconds(reflected.Float())
	}
	return 0, fmt.Errorf("unsupported duration type %T", value)
}

func parseDuration(text string) (time.Duration, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return 0, errors.New("empty duration")
	}
	if duration, err := time.ParseDuration(trimmed); err == nil {
		return duration, nil
	}
	if seconds, err := strconv.ParseFloat(trimmed, 64); err == nil {
		return fromSeconds(seconds)
	}
	return 0, fmt.Errorf("could not parse duration %q", text)
}

func fromWholeSeconds(seconds int64) (time.Duration, error) {
	const limit = math.MaxInt64 / int64(time.Second)
	if seconds > limit || seconds < math.MinInt64/int64(time.Second) {
		return 0, fmt.Errorf("duration seconds overflow: %d", seconds)
	}
	return time.Duration(seconds) * time.Second, nil
}

func fromSeconds(seconds float64) (time.Duration, error) {
	nanoseconds := seconds * float64(time.Second)
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return 0, fmt.Errorf("invalid duration seconds: %v", seconds)
	}
	if nanoseconds > float64(math.MaxInt64) || nanoseconds < float64(math.MinInt64) {
		return 0, fmt.Errorf("duration seconds overflow: %v", seconds)
	}
	return time.Duration(nanoseconds), nil
}
