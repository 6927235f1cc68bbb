package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/labelstudio-go/labelstudio"
)

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func text(s string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"text":%q}`, s)) }

func taskCalls() []*call {
	const group = "tasks"
	allTasks := read(group, "All", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
		return all(c.Tasks.All(ctx, labelstudio.TaskFilter{Project: w.project, PageSize: 2, Annotations: true}))
	})
	create := write(group, "Create", func(_ context.Context, w *world) (*try, error) {
		return w.newTasks(1, func(ctx context.Context, c *labelstudio.Client, marker string) (any, error) {
			return c.Tasks.Create(ctx, labelstudio.TaskRequest{Project: w.scratch, Data: text(marker)})
		})
	})
	byProject := read(group, "AllByProject", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
		return all(c.Tasks.AllByProject(ctx, w.project, &labelstudio.TasksListByProjectParams{PageSize: new(int64(3))}))
	})
	allTasks.exchanged, create.exchanged, byProject.exchanged = true, true, true
	return []*call{
		allTasks, create, byProject,
		read(group, "Get", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Tasks.Get(ctx, w.tasks[0], nil)
		}),
		read(group, "List", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &w.project})
		}),
		read(group, "All, ahead", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return all(c.Tasks.All(ctx, labelstudio.TaskFilter{Project: w.project, PageSize: 1, Ahead: true}))
		}),
		read(group, "ListByProject", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Tasks.ListByProject(ctx, w.project, nil)
		}),
		read(group, "Agreement", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Tasks.Agreement(ctx, w.tasks[0])
		}),
		read(group, "Next", func(ctx context.Context, w *world, c *labelstudio.Client) (int64, error) {
			next, err := c.Tasks.Next(ctx, w.project, nil) // which locks the task, for the same user as before
			if err != nil {
				return 0, err
			}
			return next.ID, nil
		}),
		read(group, "ResolveFile", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Tasks.ResolveFile(ctx, w.storedTask, &labelstudio.TasksResolveFileParams{FileURI: bucketFile})
		}),
		write(group, "CreateByProject", func(_ context.Context, w *world) (*try, error) {
			return w.newTasks(1, func(ctx context.Context, c *labelstudio.Client, marker string) (any, error) {
				return c.Tasks.CreateByProject(ctx, w.scratch, labelstudio.ProjectTaskRequest{Data: text(marker)})
			})
		}),
		write(group, "CreateMany", func(_ context.Context, w *world) (*try, error) {
			return w.newTasks(3, func(ctx context.Context, c *labelstudio.Client, marker string) (any, error) {
				return c.Tasks.CreateMany(ctx, w.scratch, nil, inputs(marker, 3))
			})
		}),
		write(group, "Update", func(ctx context.Context, w *world) (*try, error) {
			task, err := w.newTask(ctx)
			if err != nil {
				return nil, err
			}
			marker := w.name()
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return c.Tasks.Update(ctx, task, labelstudio.TaskUpdateRequest{Data: text(marker)})
				},
				effect: func(ctx context.Context) (int, error) {
					now, err := w.direct.Tasks.Get(ctx, task, nil)
					return once(err == nil && string(now.Data) == string(text(marker)), err)
				},
				end: func(ctx context.Context) error { return w.direct.Tasks.Delete(ctx, task) },
			}, nil
		}),
		{group: group, name: "Delete", begin: func(ctx context.Context, w *world) (*try, error) {
			task, err := w.newTask(ctx)
			if err != nil {
				return nil, err
			}
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return nothing(c.Tasks.Delete(ctx, task))
				},
				effect: func(ctx context.Context) (int, error) {
					_, err := w.direct.Tasks.Get(ctx, task, nil)
					return gone(err)
				},
			}, nil
		}},
		write(group, "DeleteSelected", func(ctx context.Context, w *world) (*try, error) {
			task, err := w.newTask(ctx)
			if err != nil {
				return nil, err
			}
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					count, err := c.Tasks.DeleteSelected(ctx, w.scratch, labelstudio.IDs(task).Expect(1))
					return struct {
						Processed any `json:"processed_items"` // as the server calls it
					}{count}, err
				},
				effect: func(ctx context.Context) (int, error) {
					_, err := w.direct.Tasks.Get(ctx, task, nil)
					return gone(err)
				},
			}, nil
		}),
		{group: group, name: "DeleteAll", begin: inProject(2, func(_ context.Context, w *world, project int64, _ string) (*try, error) {
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return nothing(c.Tasks.DeleteAll(ctx, project, labelstudio.All().Expect(2)))
				},
				effect: func(ctx context.Context) (int, error) {
					left, err := w.taskIDs(ctx, project)
					return once(len(left) == 0, err)
				},
			}, nil
		})},
	}
}

// newTask makes a task around the proxies, and another one after it, which stays:
// on SQLite an import gives its tasks the ids that follow the greatest there is,
// those of tasks that were deleted among them.
func (w *world) newTask(ctx context.Context) (int64, error) {
	made, err := w.direct.Tasks.Create(ctx, labelstudio.TaskRequest{Project: w.scratch, Data: text(w.name())})
	if err != nil {
		return 0, err
	}
	_, err = w.direct.Tasks.Create(ctx, labelstudio.TaskRequest{Project: w.scratch, Data: text("the last one")})
	return made.ID, err
}

// newTasks is a try that makes so many tasks in the scratch project, whose texts
// begin with a marker.
func (w *world) newTasks(count int, do func(ctx context.Context, c *labelstudio.Client, marker string) (any, error)) (*try, error) {
	marker := w.name()
	return &try{
		do: func(ctx context.Context, c *labelstudio.Client) (any, error) { return do(ctx, c, marker) },
		effect: func(ctx context.Context) (int, error) {
			return w.tasksWith(ctx, w.scratch, marker, count)
		},
	}, nil
}
