const family = "👨‍👩‍👧"; // 👨‍👩
const flag = "🏴󠁧󠁢󠁥󠁮󠁧󠁿";
const heart = "❤️";
