from typing import TYPE_CHECKING

from PyQt6.QtWidgets import *

if TYPE_CHECKING:
    from ._core import pyqtProperty

del QFileSystemModel
