package labelstudio

import "github.com/oapi-codegen/nullable"

// Nullable is a property that may be absent, null or a value. The zero value
// is absent and is not sent; see [Value] and [Null]. In answers, IsSpecified
// tells absent, IsNull null, and Get returns the value.
type Nullable[T any] = nullable.Nullable[T]

// Value returns a [Nullable] that holds v, the zero value of T included.
func Value[T any](v T) Nullable[T] { return nullable.NewNullableWithValue(v) }

// Null returns a [Nullable] that is sent as null.
func Null[T any]() Nullable[T] { return nullable.NewNullNullable[T]() }
