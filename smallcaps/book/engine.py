"""papermill's own engine, but for the file: papermill writes the whole notebook before and after each cell."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines

NAME = "written-once"


class WrittenOnce(NBClientEngine):
    """Executes as NBClientEngine does; papermill writes the notebook when it has ended, also where a cell failed."""

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: str | None = None, **options: Any
    ) -> NotebookNode:
        """The executed notebook; `output_path` is left to papermill's last step."""
        return super().execute_notebook(nb, kernel_name, output_path=None, **options)


papermill_engines.register(NAME, WrittenOnce)
