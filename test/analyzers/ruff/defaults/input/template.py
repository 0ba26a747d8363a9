name = {{ cookiecutter.name }}
import os
