rm -rf "$dir/"*
rm -r $dir/
rm -rf "${dir:?}/"
