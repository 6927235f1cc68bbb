//go:build !race

package labelstudiotest_test

const raceEnabled = false
