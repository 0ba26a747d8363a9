import java.util.List;

class Order {
	static final int max_lines = 3; /* é & <b> */

	int total(int n) {
		if (n > 3) return 1;
		String s = "🛒";;
		return 0;
	}
}
